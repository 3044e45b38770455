// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Weights in files of their own: found beside the model, and nowhere else.
#include <gtest/gtest.h>

#include "onnx_fixture.h"
#include "small_network.h"

namespace kernwise {
namespace {

using test::add_tensor;
using test::bytes_of;
using test::error_of;
using test::relu_model;
using test::says;
using test::set_external;

class ExternalData : public test::OnnxFiles {
 protected:
  // A model in its own folder whose tensor "w" has two floats at `location`.
  Result<Network> read(const std::string& location, const std::string& offset = "",
                       const std::string& length = "") const {
    auto model = relu_model();
    set_external(add_tensor(model, "w", {2}), location, offset, length);
    return read_onnx(put("model/m.onnx", model.SerializeAsString()));
  }
  std::string refusal(const std::string& location, const std::string& offset = "",
                      const std::string& length = "") const {
    return error_of(read(location, offset, length), ErrorCode::kInvalidInput);
  }
};

TEST_F(ExternalData, IsReadAtItsOffset) {
  put("model/w.bin", bytes_of({1, 2, 3, 4}));
  const auto start = read("w.bin");
  ASSERT_TRUE(start.ok()) << to_string(start.error());
  EXPECT_EQ(start->constants.at("w").to_floats(), (std::vector<float>{1, 2}));
  EXPECT_EQ(read("w.bin", "4", "8")->constants.at("w").to_floats(), (std::vector<float>{2, 3}));
  put("model/deep/w.bin", bytes_of({5, 6}));
  EXPECT_EQ(read("deep/w.bin")->constants.at("w").to_floats(), (std::vector<float>{5, 6}));
}

TEST_F(ExternalData, IsPartOfTheContentHash) {
  put("model/w.bin", bytes_of({1, 2}));
  const std::string before = read("w.bin")->content_hash;
  EXPECT_EQ(read("w.bin")->content_hash, before);
  put("model/w.bin", bytes_of({1, 3}));
  EXPECT_NE(read("w.bin")->content_hash, before);
}

TEST_F(ExternalData, ThatIsMissingNamesTensorAndFile) {
  const std::string error = refusal("w.bin");
  EXPECT_TRUE(says(error, "tensor 'w'"));
  EXPECT_TRUE(says(error, "w.bin"));
  EXPECT_TRUE(says(error, "m.onnx"));
  EXPECT_TRUE(says(error, "beside the model"));
}

TEST_F(ExternalData, MustLieInTheModelsFolder) {
  const auto secret = put("secret.bin", bytes_of({1, 2}));
  put("model/here.bin", bytes_of({1, 2}));
  EXPECT_TRUE(says(refusal("../secret.bin"), "outside"));
  EXPECT_TRUE(says(refusal("x/../../secret.bin"), "outside"));
  EXPECT_TRUE(says(refusal(secret.string()), "outside"));
  EXPECT_TRUE(says(refusal("/dev/zero"), "outside"));
  std::filesystem::create_symlink(secret, folder_ / "model" / "link.bin");
  EXPECT_TRUE(says(refusal("link.bin"), "outside"));
  std::filesystem::create_symlink("here.bin", folder_ / "model" / "inside.bin");
  EXPECT_TRUE(read("inside.bin").ok());
  // A folder whose name merely begins alike is another folder.
  put("model2/w.bin", bytes_of({1, 2}));
  std::filesystem::create_directory_symlink("../model2", folder_ / "model" / "alike");
  EXPECT_TRUE(says(refusal("alike/w.bin"), "outside"));
}

TEST_F(ExternalData, MustHoldWhatIsDeclared) {
  put("model/w.bin", bytes_of({1, 2}));
  EXPECT_TRUE(says(refusal("w.bin", "4"), "needs 8 bytes at offset 4"));
  EXPECT_TRUE(says(refusal("w.bin", "9223372036854775807"), "offset 9223372036854775807"));
  EXPECT_TRUE(says(refusal("w.bin", "0", "12"), "needs 8 bytes, but 12"));
  for (const char* wrong : {"-4", "99999999999999999999", "4x", " 4", "0x4"}) {
    EXPECT_TRUE(says(refusal("w.bin", wrong), "no valid offset")) << wrong;
  }
  EXPECT_TRUE(says(refusal("w.bin", "0", "-1"), "no valid length"));
  EXPECT_TRUE(says(refusal(""), "no valid location"));
  EXPECT_TRUE(says(refusal("."), "not a regular file"));
}

TEST_F(ExternalData, NeedsAFolderToLookIn) {
  auto model = relu_model();
  set_external(add_tensor(model, "w", {2}), "w.bin");
  EXPECT_TRUE(says(error_of(parse_onnx(model.SerializeAsString(), {}), ErrorCode::kInvalidInput),
                   "no folder"));
}

TEST_F(ExternalData, CountsAgainstTheLimitBeforeItIsOpened) {
  auto model = relu_model();
  set_external(add_tensor(model, "w", {int64_t{1} << 45}), "missing.bin");
  EXPECT_TRUE(
      says(error_of(parse_onnx(model.SerializeAsString(), folder_), ErrorCode::kInvalidInput),
           "--max-model-memory"));
}

}  // namespace
}  // namespace kernwise
