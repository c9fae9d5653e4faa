package dev.tallyman.cli.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The command with all its subcommands as a manual page, in the language of man(7). */
final class ManPage {
  private final StringBuilder page = new StringBuilder();

  private ManPage() {}

  /** The page of a command, of which the commands below it are sections. */
  static String of(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    var man = new ManPage();
    man.macro(".TH " + spec.name().toUpperCase(java.util.Locale.ROOT) + " 1");
    man.macro(".SH NAME");
    man.macro(escaped(spec.name()) + " \\- " + escaped(String.join(" ", header(spec))));
    man.macro(".SH SYNOPSIS");
    man.macro(bold(spec.name()) + " [" + italic("COMMAND") + "] [" + italic("OPTION") + "...]");
    man.macro(".SH DESCRIPTION");
    man.text(spec.usageMessage().description());
    man.arguments(spec);
    man.macro(".SH COMMANDS");
    man.commands(command);
    man.macro(".SH EXIT STATUS");
    man.text(spec.usageMessage().footer());
    return man.page.toString();
  }

  private void commands(CommandLine above) {
    for (CommandLine command : above.getSubcommands().values()) {
      CommandSpec spec = command.getCommandSpec();
      macro(".SS " + escaped(spec.qualifiedName()));
      text(header(spec));
      text(spec.usageMessage().description());
      arguments(spec);
      commands(command);
    }
  }

  private void arguments(CommandSpec spec) {
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      argument(italic(parameter.paramLabel()), parameter);
    }
    for (OptionSpec option : spec.options()) {
      if (!option.hidden() && !option.usageHelp() && !option.versionHelp()) {
        List<String> names = new ArrayList<>();
        for (String name : option.names()) {
          names.add(bold(name));
        }
        boolean flag = option.arity().max() == 0;
        argument(
            String.join(", ", names) + (flag ? "" : " " + italic(option.paramLabel())), option);
      }
    }
  }

  private void argument(String term, ArgSpec argument) {
    macro(".TP");
    macro(term);
    macro(escaped(String.join(" ", argument.description())));
  }

  private static String[] header(CommandSpec spec) {
    return spec.usageMessage().header();
  }

  private void text(String... lines) {
    for (String line : lines) {
      macro(line.isBlank() ? ".PP" : escaped(line));
    }
  }

  private void macro(String line) {
    page.append(line).append('\n');
  }

  private static String bold(String text) {
    return "\\fB" + escaped(text) + "\\fR";
  }

  private static String italic(String text) {
    return "\\fI" + escaped(text) + "\\fR";
  }

  /** Text that means nothing to the formatter: a dot that begins a line would be a request. */
  private static String escaped(String text) {
    String plain = text.replace("%n", " ").replace("%%", "%").replace("\\", "\\e");
    String dashes = plain.replace("-", "\\-");
    return dashes.startsWith(".") || dashes.startsWith("'") ? "\\&" + dashes : dashes;
  }
}
