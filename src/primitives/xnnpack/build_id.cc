// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "xnnpack/build_id.h"

#include <elf.h>
#include <link.h>

#include <cstdint>
#include <cstring>

namespace kernwise::detail {
namespace {

struct Search {
  uintptr_t address;
  std::string found;
};

std::size_t padded(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

// Notes are records of a header, a name and a content, each padded to four bytes.
std::string id_in_notes(const char* note, std::size_t size) {
  while (size >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) head;
    std::memcpy(&head, note, sizeof head);
    const std::size_t name = sizeof head, content = name + padded(head.n_namesz);
    const std::size_t length = content + padded(head.n_descsz);
    if (length > size) return {};
    if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == 4 &&
        std::memcmp(note + name, "GNU", 4) == 0) {
      constexpr const char* kDigits = "0123456789abcdef";
      std::string id;
      for (std::size_t i = 0; i < head.n_descsz; ++i) {
        const auto byte = static_cast<unsigned char>(note[content + i]);
        id += {kDigits[byte >> 4], kDigits[byte & 15]};
      }
      return id;
    }
    note += length;
    size -= length;
  }
  return {};
}

int visit(dl_phdr_info* object, std::size_t, void* data) {
  auto& search = *static_cast<Search*>(data);
  bool inside = false;
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& part = object->dlpi_phdr[i];
    const uintptr_t begin = object->dlpi_addr + part.p_vaddr;
    inside |=
        part.p_type == PT_LOAD && search.address >= begin && search.address < begin + part.p_memsz;
  }
  if (!inside) return 0;
  for (int i = 0; i < object->dlpi_phnum && search.found.empty(); ++i) {
    const auto& part = object->dlpi_phdr[i];
    if (part.p_type == PT_NOTE)
      search.found = id_in_notes(reinterpret_cast<const char*>(object->dlpi_addr + part.p_vaddr),
                                 part.p_memsz);
  }
  return 1;
}

}  // namespace

std::string build_id_of(const void* address) {
  Search search{reinterpret_cast<uintptr_t>(address), {}};
  dl_iterate_phdr(visit, &search);
  return search.found.empty() ? "unknown" : search.found;
}

}  // namespace kernwise::detail
