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
  // One byte more than expected: the end then shows without growing (and copying) the string.
  std::string content(static_cast<std::size_t>(status.st_size) + 1, '\0');
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

namespace {

// Everything, or the errno of what went wrong.
int write_all(Descriptor& file, std::string_view content) {
  for (std::size_t done = 0; done < content.size();) {
    const ssize_t wrote = ::write(file.get(), content.data() + done, content.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return errno;
    done += static_cast<std::size_t>(wrote);
  }
  // Pipes and devices know no fsync.
  if (::fsync(file.get()) != 0 && errno != EINVAL && errno != EROFS) return errno;
  return file.close() == 0 ? 0 : errno;
}

Status write_in_place(const std::filesystem::path& path, std::string_view content) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.get() < 0) return file_error(path, "write", errno);
  const int code = write_all(file, content);
  if (code != 0) return file_error(path, "write", code);
  return Ok{};
}

}  // namespace

Status write_file(const std::filesystem::path& path, std::string_view content) {
  // A device or a pipe cannot be renamed over: the name would become an ordinary file. A link is
  // followed, so that the file it points to is replaced and not the link.
  struct stat status {};
  std::filesystem::path target = path;
  if (::stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return file_error(path, "write", EISDIR);
    if (!S_ISREG(status.st_mode)) return write_in_place(path, content);
    std::error_code ignored;
    target = std::filesystem::canonical(path, ignored);
    if (ignored) target = path;
  }
  const std::filesystem::path temporary = target.string() + ".tmp" + std::to_string(::getpid());
  Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (file.get() < 0) return file_error(path, "write", errno);
  int code = write_all(file, content);
  if (code == 0 && ::rename(temporary.c_str(), target.c_str()) != 0) code = errno;
  if (code != 0) {
    ::unlink(temporary.c_str());
    return file_error(path, "write", code);
  }
  return Ok{};
}

}  // namespace kernwise
