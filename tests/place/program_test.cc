// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/place/program.h"

#include <gtest/gtest.h>

#include <string>

namespace kernwise {
namespace {

constexpr const char* kAll = R"(# every operation
A = input(512, 256)
x = input(256)
y = matvec(A, x)       # a vector
B = input(256, 64)
C = matmul(A, B)

K = input(3, 3)
E = conv2d(C, K)
P = maxpool(E, 2)
Q = maxpool(E, 3, 1)
output C
)";

std::string error_of(const std::string& text) {
  const Result<Program> program = parse_program(text);
  if (program.ok()) return "";
  EXPECT_EQ(program.error().code, ErrorCode::kInvalidInput);
  return program.error().message;
}

const Tensor& named(const Program& program, const std::string& name) {
  for (const Tensor& tensor : program.tensors) {
    if (tensor.name == name) return tensor;
  }
  ADD_FAILURE() << name;
  return program.tensors.front();
}

TEST(ProgramText, EveryOperationInfersItsShapeAndProblem) {
  const Result<Program> program = parse_program(kAll);
  ASSERT_TRUE(program.ok()) << to_string(program.error());
  ASSERT_EQ(program->tasks.size(), 5U);
  EXPECT_EQ(to_string(program->tasks[0].problem), "gemv:m512n256");
  EXPECT_EQ(to_string(program->tasks[1].problem), "gemm:m512n64k256");
  EXPECT_EQ(to_string(program->tasks[2].problem), "matconv:h512w64r3");
  EXPECT_EQ(to_string(program->tasks[3].problem), "pool:max:n1c1ih510iw62kh2kw2sh2sw2ph0pw0");
  EXPECT_EQ(to_string(program->tasks[4].problem), "pool:max:n1c1ih510iw62kh3kw3sh1sw1ph0pw0");
  EXPECT_TRUE(named(*program, "y").vector);
  EXPECT_EQ(named(*program, "y").rows, 512);
  EXPECT_EQ(named(*program, "P").rows, 255);
  EXPECT_EQ(named(*program, "P").columns, 31);
  EXPECT_EQ(named(*program, "Q").rows, 508);
  EXPECT_EQ(named(*program, "Q").columns, 60);
}

TEST(ProgramText, OutputsAreWhatNobodyReadsAndWhatIsNamed) {
  const Result<Program> program = parse_program(kAll);
  ASSERT_TRUE(program.ok());
  for (const char* name : {"y", "C", "P", "Q"}) EXPECT_TRUE(named(*program, name).output) << name;
  for (const char* name : {"A", "x", "K", "E"}) EXPECT_FALSE(named(*program, name).output) << name;
  EXPECT_EQ(named(*program, "A").readers, (std::vector<int>{0, 1}));
  EXPECT_EQ(named(*program, "E").readers, (std::vector<int>{3, 4}));
}

TEST(ProgramText, ATensorMayBeReadTwiceByOneOperation) {
  const Result<Program> program = parse_program("A = input(8, 8)\nB = matmul(A, A)\n");
  ASSERT_TRUE(program.ok());
  EXPECT_EQ(named(*program, "A").readers, std::vector<int>{0});
  EXPECT_EQ(program->tasks[0].inputs, (std::vector<int>{0, 0}));
}

TEST(ProgramText, WrittenAndReadAgainItIsTheSame) {
  const Result<Program> program = parse_program(kAll);
  ASSERT_TRUE(program.ok());
  const std::string text = to_text(*program);
  const Result<Program> again = parse_program(text);
  ASSERT_TRUE(again.ok()) << to_string(again.error());
  EXPECT_EQ(to_text(*again), text);
  EXPECT_EQ(again->tasks.size(), program->tasks.size());
}

TEST(ProgramText, NamesOfOperationsMayBeTensors) {
  EXPECT_EQ(error_of("input = input(4)\noutput = input(4, 4)\nmatmul = matvec(output, input)"), "");
}

TEST(ProgramText, ErrorsNameLineAndColumn) {
  EXPECT_EQ(error_of("A = input(4, 5)\nB =  matmul(A, A)\n"),
            "line 2, column 6: the columns of the first are not the rows of the second: matrix of "
            "4 x 5 times matrix of 4 x 5");
  EXPECT_EQ(error_of("A = input(4, 5)\nB = matmul(A, Q)\n"),
            "line 2, column 15: 'Q' is not defined");
  EXPECT_EQ(error_of("A = input(4; 5)"), "line 1, column 12: ')' is missing before ';'");
  EXPECT_EQ(error_of("A = \x07"), "line 1, column 5: byte 0x07 is no operation");
  EXPECT_EQ(error_of("A = input(0, 5)"), "line 1, column 11: '0' is no size: from 1 to 1073741824");
  EXPECT_EQ(error_of("A = input(99999999999999999999)"),
            "line 1, column 11: '99999999999999999999' is no size: from 1 to 1073741824");
}

TEST(ProgramText, AllErrorsAreListedButNotWhatFollowsFromThem) {
  const std::string message = error_of(
      "A = input(4, 5)\n"
      "B = matmul(A, A)\n"   // 1
      "C = matmul(B, A)\n"   // follows
      "D = maxpool(C, 2)\n"  // follows
      "A = input(1)\n"       // 2
      "7\n"                  // 3
      "F = conv3d(A)\n"      // 4
      "output A, Z\n");      // 5, 6
  EXPECT_TRUE(message.starts_with("6 errors:\n  line 2, column 5: ")) << message;
  EXPECT_NE(message.find("line 5, column 1: 'A' is defined already in line 1"), std::string::npos);
  EXPECT_NE(message.find("line 6, column 1: a line begins with a name, not '7'"),
            std::string::npos);
  EXPECT_NE(message.find("line 7, column 5: 'conv3d' is no operation"), std::string::npos);
  EXPECT_NE(message.find("line 8, column 8: 'A' is an input"), std::string::npos);
  EXPECT_NE(message.find("line 8, column 11: 'Z' is not defined"), std::string::npos);
}

TEST(ProgramText, NoMoreThanTwentyErrorsAreShown) {
  std::string text;
  for (int i = 0; i < 30; ++i) text += "?\n";
  const std::string message = error_of(text);
  EXPECT_TRUE(message.starts_with("30 errors:"));
  EXPECT_NE(message.find("and 10 more"), std::string::npos);
}

TEST(ProgramText, OperandsThatDoNotFitAreNamed) {
  const std::string inputs = "A = input(8, 8)\nx = input(8)\nK = input(3, 5)\nL = input(9, 9)\n";
  EXPECT_NE(error_of(inputs + "B = matmul(A, x)").find("'x' is a vector of 8"), std::string::npos);
  EXPECT_NE(error_of(inputs + "B = matvec(A, A)").find("'A' is a matrix of 8 x 8"),
            std::string::npos);
  EXPECT_NE(error_of(inputs + "B = conv2d(A, K)").find("not square"), std::string::npos);
  EXPECT_NE(error_of(inputs + "B = conv2d(A, L)").find("larger than the image"), std::string::npos);
  EXPECT_NE(error_of(inputs + "B = maxpool(A, 9)").find("larger than the matrix"),
            std::string::npos);
  EXPECT_NE(error_of(inputs + "B = maxpool(2, A)").find("does not have these operands"),
            std::string::npos);
  EXPECT_NE(error_of(inputs + "B = matmul(A)").find("does not have these operands"),
            std::string::npos);
}

TEST(ProgramText, AProgramWithoutWorkOrWithAnUnreadInputIsRefused) {
  EXPECT_EQ(error_of(""), "line 1, column 1: the program computes nothing");
  EXPECT_EQ(error_of("A = input(4, 4)\nB = input(4, 4)\nC = matmul(A, A)"),
            "line 2, column 1: no operation reads 'B'");
}

TEST(ProgramText, SizesThatMultiplyBeyondTheLimitAreRefused) {
  EXPECT_NE(error_of("A = input(1073741824, 1073741824)").find("more than 2^40"),
            std::string::npos);
  EXPECT_NE(error_of("A = input(1073741824, 1)\nB = input(1, 1073741824)\nC = matmul(A, B)")
                .find("line 3, column 5"),
            std::string::npos);
}

}  // namespace
}  // namespace kernwise
