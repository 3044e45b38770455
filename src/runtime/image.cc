// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "image.h"

#include <fmt/format.h>
#include <png.h>
#include <turbojpeg.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace kernwise {
namespace {

constexpr int64_t kMaxPixels = int64_t{64} << 20;

Status check_size(int64_t width, int64_t height) {
  if (width <= 0 || height <= 0 || width * height > kMaxPixels) {
    return invalid_input(fmt::format("the image claims {} x {} pixels; at most {} are read", width,
                                     height, kMaxPixels));
  }
  return Ok{};
}

Result<Image> decode_png(std::string_view bytes) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  const std::unique_ptr<png_image, decltype(&png_image_free)> owner(&png, &png_image_free);
  if (png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()) == 0) {
    return invalid_input(fmt::format("not a readable PNG: {}", png.message));
  }
  KERNWISE_TRY(check_size(png.width, png.height));
  png.format = PNG_FORMAT_RGB;
  Image image{static_cast<int>(png.width), static_cast<int>(png.height), {}};
  image.rgb.resize(PNG_IMAGE_SIZE(png));
  const png_color black{0, 0, 0};
  if (png_image_finish_read(&png, &black, image.rgb.data(), 0, nullptr) == 0) {
    return invalid_input(fmt::format("not a readable PNG: {}", png.message));
  }
  return image;
}

Result<Image> decode_jpeg(std::string_view bytes) {
  struct Destroy {
    void operator()(void* handle) const { tjDestroy(handle); }
  };
  const std::unique_ptr<void, Destroy> jpeg(tjInitDecompress());
  if (jpeg == nullptr) return internal_error("libjpeg-turbo cannot be initialised");
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  int width = 0, height = 0, subsampling = 0, colours = 0;
  if (tjDecompressHeader3(jpeg.get(), data, bytes.size(), &width, &height, &subsampling,
                          &colours) != 0) {
    return invalid_input(fmt::format("not a readable JPEG: {}", tjGetErrorStr2(jpeg.get())));
  }
  KERNWISE_TRY(check_size(width, height));
  Image image{width, height, {}};
  image.rgb.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  // Warnings too: a truncated picture would decode to half grey.
  if (tjDecompress2(jpeg.get(), data, bytes.size(), image.rgb.data(), width, 0, height, TJPF_RGB,
                    TJFLAG_STOPONWARNING) != 0) {
    return invalid_input(fmt::format("not a readable JPEG: {}", tjGetErrorStr2(jpeg.get())));
  }
  return image;
}

}  // namespace

Result<Image> decode_image(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG")) return decode_png(bytes);
  if (bytes.starts_with("\xff\xd8")) return decode_jpeg(bytes);
  return invalid_input("neither a PNG nor a JPEG image",
                       "--input takes .npy, .png, .jpg and .jpeg files");
}

std::vector<float> resize_to_planes(const Image& image, int64_t height, int64_t width) {
  std::vector<float> planes(static_cast<std::size_t>(3 * height * width));
  const auto source = [](int64_t target, int64_t to, int from) {
    const double at = (static_cast<double>(target) + 0.5) * from / static_cast<double>(to) - 0.5;
    return std::clamp(at, 0.0, static_cast<double>(from - 1));
  };
  for (int64_t y = 0; y < height; ++y) {
    const double sy = source(y, height, image.height);
    const int y0 = static_cast<int>(sy);
    const int y1 = std::min(y0 + 1, image.height - 1);
    for (int64_t x = 0; x < width; ++x) {
      const double sx = source(x, width, image.width);
      const int x0 = static_cast<int>(sx);
      const int x1 = std::min(x0 + 1, image.width - 1);
      const auto pixel = [&](int py, int px, int channel) {
        return image.rgb[(static_cast<std::size_t>(py) * static_cast<std::size_t>(image.width) +
                          static_cast<std::size_t>(px)) *
                             3 +
                         static_cast<std::size_t>(channel)];
      };
      for (int channel = 0; channel < 3; ++channel) {
        const double top =
            std::lerp(double(pixel(y0, x0, channel)), double(pixel(y0, x1, channel)), sx - x0);
        const double low =
            std::lerp(double(pixel(y1, x0, channel)), double(pixel(y1, x1, channel)), sx - x0);
        planes[static_cast<std::size_t>((channel * height + y) * width + x)] =
            static_cast<float>(std::lerp(top, low, sy - y0) / 255);
      }
    }
  }
  return planes;
}

}  // namespace kernwise
