// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/runtime/input.h"

#include <gtest/gtest.h>
#include <png.h>
#include <turbojpeg.h>

#include <filesystem>

#include "kernwise/base/file.h"

namespace kernwise {
namespace {

class InputTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "kernwise-input-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

// 2 x 2: red, green, blue, white.
const std::vector<uint8_t> kPixels = {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255};

TEST_F(InputTest, NpyKeepsShapeAndBits) {
  const std::vector<float> values = {1.5F, -0.0F, 3e38F, 1e-40F, 7, 8};
  const auto array = parse_npy(format_npy({1, 3, 2}, values));
  ASSERT_TRUE(array.ok()) << to_string(array.error());
  EXPECT_EQ(array->dims, (std::vector<int64_t>{1, 3, 2}));
  EXPECT_EQ(array->values, values);
}

TEST_F(InputTest, EveryCutOfAnNpyFileIsAnErrorAndNothingElse) {
  const std::string whole = format_npy({2, 3}, {1, 2, 3, 4, 5, 6});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto array = parse_npy(std::string_view(whole).substr(0, length));
    ASSERT_FALSE(array.ok()) << "cut at " << length;
    EXPECT_EQ(array.error().code, ErrorCode::kInvalidInput);
  }
}

TEST_F(InputTest, NpyShapesBeyondMemoryAreRefused) {
  std::string bytes = format_npy({1}, {0});
  const std::size_t at = bytes.find("(1,)");
  bytes.replace(at, 4, "(9999999999999,9999999999999)");
  bytes[8] = static_cast<char>(static_cast<unsigned char>(bytes[8]) + 25);
  EXPECT_FALSE(parse_npy(bytes).ok());
}

TEST_F(InputTest, ANpyOfAnotherShapeNamesBothShapes) {
  ASSERT_TRUE(write_file(folder_ / "x.npy", format_npy({1, 3, 2, 2}, std::vector<float>(12))).ok());
  const auto input = read_input(folder_ / "x.npy", {1, 3, 4, 4});
  ASSERT_FALSE(input.ok());
  EXPECT_NE(to_string(input.error()).find("[1, 3, 2, 2]"), std::string::npos);
  EXPECT_NE(to_string(input.error()).find("[1, 3, 4, 4]"), std::string::npos);
}

// As many elements in another order are no input either.
TEST_F(InputTest, AnNpyInNhwcIsRefusedForAnInputInNchw) {
  ASSERT_TRUE(write_file(folder_ / "x.npy", format_npy({1, 4, 4, 3}, std::vector<float>(48))).ok());
  const auto input = read_input(folder_ / "x.npy", {1, 3, 4, 4});
  ASSERT_FALSE(input.ok());
  EXPECT_EQ(input.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(to_string(input.error()).find("[1, 4, 4, 3]"), std::string::npos);
}

TEST_F(InputTest, OnlyLeadingOnesOfAnNpyMayDiffer) {
  ASSERT_TRUE(write_file(folder_ / "x.npy", format_npy({3, 4, 1}, std::vector<float>(12))).ok());
  EXPECT_TRUE(read_input(folder_ / "x.npy", {1, 3, 4, 1}).ok());
  EXPECT_TRUE(read_input(folder_ / "x.npy", {3, 4, 1}).ok());
  EXPECT_FALSE(read_input(folder_ / "x.npy", {3, 4}).ok());
  EXPECT_FALSE(read_input(folder_ / "x.npy", {3, 1, 4}).ok());
  EXPECT_FALSE(read_input(folder_ / "x.npy", {1, 12}).ok());
}

TEST_F(InputTest, APngIsNormalisedAndFillsTheBatch) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.width = 2;
  png.height = 2;
  png.format = PNG_FORMAT_RGB;
  const auto path = folder_ / "x.png";
  ASSERT_NE(png_image_write_to_file(&png, path.c_str(), 0, kPixels.data(), 0, nullptr), 0);
  const auto input = read_input(path, {2, 3, 2, 2});
  ASSERT_TRUE(input.ok()) << to_string(input.error());
  ASSERT_EQ(input->size(), 24U);
  EXPECT_NEAR((*input)[0], (1 - 0.485) / 0.229, 1e-5);   // red of the red pixel
  EXPECT_NEAR((*input)[1], (0 - 0.485) / 0.229, 1e-5);   // red of the green pixel
  EXPECT_NEAR((*input)[5], (1 - 0.456) / 0.224, 1e-5);   // green of the green pixel
  EXPECT_NEAR((*input)[11], (1 - 0.406) / 0.225, 1e-5);  // blue of the white pixel
  EXPECT_EQ((*input)[12], (*input)[0]);
}

TEST_F(InputTest, AJpegIsReadAndATruncatedOneIsNot) {
  const std::vector<uint8_t> grey(64 * 64 * 3, 128);
  unsigned char* data = nullptr;
  unsigned long size = 0;
  tjhandle jpeg = tjInitCompress();
  ASSERT_EQ(tjCompress2(jpeg, grey.data(), 64, 0, 64, TJPF_RGB, &data, &size, TJSAMP_444, 90, 0),
            0);
  const std::string bytes(reinterpret_cast<char*>(data), size);
  tjFree(data);
  tjDestroy(jpeg);
  ASSERT_TRUE(write_file(folder_ / "x.jpg", bytes).ok());
  const auto input = read_input(folder_ / "x.jpg", {1, 3, 8, 8});
  ASSERT_TRUE(input.ok()) << to_string(input.error());
  EXPECT_NEAR((*input)[0], (128 / 255.0 - 0.485) / 0.229, 0.03);
  ASSERT_TRUE(write_file(folder_ / "cut.jpg", bytes.substr(0, size / 2)).ok());
  EXPECT_FALSE(read_input(folder_ / "cut.jpg", {1, 3, 8, 8}).ok());
}

TEST_F(InputTest, OtherFilesAndOtherChannelCountsAreRefused) {
  ASSERT_TRUE(write_file(folder_ / "x.png", "no picture").ok());
  EXPECT_FALSE(read_input(folder_ / "x.png", {1, 3, 2, 2}).ok());
  EXPECT_FALSE(read_input(folder_ / "x.png", {1, 1, 2, 2}).ok());
  EXPECT_FALSE(read_input(folder_ / "missing.png", {1, 3, 2, 2}).ok());
}

}  // namespace
}  // namespace kernwise
