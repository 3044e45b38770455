// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Two bytes of a file can ask for a whole node. So before protobuf parses one, its messages,
// strings and numbers are counted on the wire, and what they would take as objects is limited.
#pragma once

#include <string_view>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"

namespace google::protobuf {
class Descriptor;
}

namespace kernwise::detail {

// `bytes` are a message of this type. kInvalidInput if it is malformed, nested deeper than protobuf
// goes, or larger in memory than `limit`; 16 MiB are always granted. The payload of strings and of
// raw data is not counted: it is no larger than the file.
Status check_structure(std::string_view bytes, const google::protobuf::Descriptor& type,
                       Bytes limit);

}  // namespace kernwise::detail
