// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "man_page.h"

#include <fmt/format.h>

#include "help.h"

namespace kernwise::cli {
namespace {

// As it stands: a backslash, a hyphen that is a minus, and a line that would be a request.
std::string literal(const std::string& text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    line_begins = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string verbatim(const std::string& lines) {
  return ".nf\n" + literal(lines) + (lines.ends_with('\n') ? "" : "\n") + ".fi\n";
}

std::string title(const std::string& name, const std::string& version) {
  return fmt::format(".TH \"{}\" \"1\" \"\" \"kernwise {}\" \"User Commands\"\n", name,
                     literal(version));
}

std::string arguments_of(const CommandText& command, bool common) {
  std::string text;
  for (const ArgumentHelp& argument : command.arguments) {
    if (argument.common != common) continue;
    text += fmt::format(".TP\n.B {}\n{}\n", literal(argument.spelling), literal(argument.text));
  }
  return text;
}

}  // namespace

std::string man_page(const CommandText& command, const std::string& version) {
  const CommandHelp& help = command.help;
  std::string text = title("kernwise-" + help.name, version);
  text += fmt::format(".SH NAME\nkernwise\\-{} \\- {}\n", help.name, literal(help.summary));
  text += fmt::format(".SH SYNOPSIS\n.B kernwise {}\n{}\n", help.name, literal(help.usage));
  if (!help.details.empty()) text += ".SH DESCRIPTION\n" + verbatim(help.details);
  text += ".SH OPTIONS\n" + arguments_of(command, /*common=*/false);
  text += ".SS Of every command\n" + arguments_of(command, /*common=*/true);
  text += ".SH EXAMPLES\n" + verbatim(help.example);
  text += ".SH SEE ALSO\n.BR kernwise (1)\n";
  return text;
}

std::string man_overview(const std::vector<CommandText>& commands, const std::string& version) {
  std::string text = title("kernwise", version);
  text +=
      ".SH NAME\nkernwise \\- run a neural network with the fastest implementation of every "
      "layer\n"
      ".SH SYNOPSIS\n.B kernwise\n.I COMMAND\n[\\fIARGUMENT\\fR...] [\\fB\\-\\-flag\\fR "
      "\\fIVALUE\\fR]\n"
      ".SH COMMANDS\n";
  for (const CommandText& command : commands) {
    text += fmt::format(".TP\n.BR kernwise\\-{} (1)\n{}\n", command.help.name,
                        literal(command.help.summary));
  }
  text += ".SH OPTIONS\nOf every command:\n" + arguments_of(commands.front(), /*common=*/true);
  text += ".SH EXIT STATUS\n" + verbatim(exit_codes());
  text +=
      ".SH FILES\n.TP\n.I $XDG_DATA_HOME/kernwise/measurements.db\nThe store of measurements, if "
      "\\-\\-store names no other.\n"
      ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nSet to anything: no colours.\n";
  return text;
}

}  // namespace kernwise::cli
