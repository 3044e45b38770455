// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

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

Error too_large(const std::filesystem::path& path, Bytes limit) {
  return invalid_input("is larger than the limit of " + format_bytes(limit)).within(path.string());
}

Status write_all(int fd, std::string_view content, const std::filesystem::path& path) {
  for (std::size_t done = 0; done < content.size();) {
    const ssize_t wrote = ::write(fd, content.data() + done, content.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return file_error(path, "write", errno);
    done += static_cast<std::size_t>(wrote);
  }
  return Ok{};
}

// A device, a pipe or a socket: there is nothing to rename over, and renaming over it as root
// would replace /dev/null by a file.
Status write_in_place(const std::filesystem::path& path, std::string_view content) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.get() < 0) return file_error(path, "write", errno);
  KERNWISE_TRY(write_all(file.get(), content, path));
  if (file.close() != 0) return file_error(path, "write", errno);
  return Ok{};
}

// A new file beside `target`, whose name is put into `name`. A leftover of a killed process, or
// another thread writing the same target, is passed by.
int create_beside(const std::string& target, std::string& name) {
  int fd = -1;
  for (int i = 0; i < 1000; ++i) {
    name = target + ".tmp" + std::to_string(::getpid()) + "." + std::to_string(i);
    fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST) break;
  }
  return fd;
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, Bytes limit) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return file_error(path, "open", errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return file_error(path, "read", errno);
  if (S_ISDIR(status.st_mode)) {
    return invalid_input("is a folder, not a file").within(path.string());
  }
  if (status.st_size > limit.value) return too_large(path, limit);
  // One byte more than expected: the end then shows without growing (and copying) the string.
  std::string content(static_cast<std::size_t>(status.st_size) + 1, '\0');
  std::size_t filled = 0;
  for (;;) {
    // A pipe or a file in /proc says size 0, and a file may grow while it is read.
    if (filled == content.size()) content.resize(content.size() + 4096);
    const ssize_t got = ::read(file.get(), content.data() + filled, content.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error(path, "read", errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
    if (static_cast<int64_t>(filled) > limit.value) return too_large(path, limit);
  }
  content.resize(filled);
  return content;
}

Status write_file(const std::filesystem::path& path, std::string_view content) {
  struct stat status {};
  const bool exists = ::stat(path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) {
    return invalid_input("is a folder, not a file").within(path.string());
  }
  if (exists && !S_ISREG(status.st_mode)) return write_in_place(path, content);
  if (exists && ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) != 0) {
    return file_error(path, "write", errno);
  }

  // A link stays a link: the file it points to is the one that is replaced.
  std::error_code no_target;
  std::filesystem::path target = std::filesystem::canonical(path, no_target);
  if (no_target) target = path;

  std::string temporary;
  Descriptor file(create_beside(target.string(), temporary));
  if (file.get() < 0) return file_error(path, "write", errno);
  const auto give_up = [&](Error error) {
    ::unlink(temporary.c_str());
    return error;
  };
  // What was private stays private. Some file systems have no modes; that is no reason to fail.
  if (exists && ::fchmod(file.get(), status.st_mode & 07777) != 0) errno = 0;
  Status written = write_all(file.get(), content, path);
  if (!written.ok()) return give_up(std::move(written).error());
  if (::fsync(file.get()) != 0 && errno != EINVAL && errno != EROFS) {
    return give_up(file_error(path, "write", errno));
  }
  if (file.close() != 0) return give_up(file_error(path, "write", errno));
  if (::rename(temporary.c_str(), target.c_str()) != 0) {
    return give_up(file_error(path, "write", errno));
  }
  return Ok{};
}

}  // namespace kernwise
