// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "kernwise/base/format.h"

namespace kernwise {
namespace {

// A file descriptor that is closed on every way out.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int close() {  // reports what close() reports: a full disk may show only here
    const int result = ::close(fd_);
    fd_ = -1;
    return result;
  }

 private:
  int fd_;
};

Error file_error(const std::filesystem::path& path, const char* what, int code) {
  return invalid_input(std::string("cannot ") + what + ": " + std::strerror(code))
      .within(path.string());
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, Bytes limit) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return file_error(path, "open", errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return file_error(path, "read", errno);
  if (S_ISDIR(status.st_mode)) return invalid_input("is a folder, not a file").within(path.string());
  if (status.st_size > limit.value) {
    return invalid_input("is larger than the limit of " + format_bytes(limit)).within(path.string());
  }
  std::string content(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  for (;;) {
    if (filled == content.size()) {  // a pipe or a growing file says 0 first
      if (static_cast<int64_t>(filled) > limit.value) {
        return invalid_input("is larger than the limit of " + format_bytes(limit))
            .within(path.string());
      }
      content.resize(content.size() + 4096);
    }
    const ssize_t got = ::read(file.get(), content.data() + filled, content.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error(path, "read", errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  content.resize(filled);
  return content;
}

Status write_file(const std::filesystem::path& path, std::string_view content) {
  const std::filesystem::path temporary = path.string() + ".tmp" + std::to_string(::getpid());
  {
    Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (file.get() < 0) return file_error(path, "write", errno);
    const auto give_up = [&](int code) {
      ::unlink(temporary.c_str());
      return file_error(path, "write", code);
    };
    for (std::size_t done = 0; done < content.size();) {
      const ssize_t wrote = ::write(file.get(), content.data() + done, content.size() - done);
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0) return give_up(errno);
      done += static_cast<std::size_t>(wrote);
    }
    if (::fsync(file.get()) != 0 && errno != EINVAL) return give_up(errno);
    if (file.close() != 0) return give_up(errno);
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int code = errno;
    ::unlink(temporary.c_str());
    return file_error(path, "write", code);
  }
  return Ok{};
}

}  // namespace kernwise
