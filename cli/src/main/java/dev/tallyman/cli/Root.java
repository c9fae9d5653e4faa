package dev.tallyman.cli;

import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command itself, which only leads to its subcommands. */
@Command(
    name = "tallyman",
    scope = picocli.CommandLine.ScopeType.LOCAL,
    versionProvider = Root.Version.class,
    header = "Keeps the tally of what an organization spends on OpenAI-compatible APIs.",
    description = {
      "",
      "Without a command it serves: it polls the organization of OPENAI_ADMIN_KEY or, without the"
          + " key, a simulated one.",
      ""
    },
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Exit codes: 0 done, 64 wrong use or configuration, 65 stale data, 69 not reachable, 70 a"
          + " bug, 75 part of a poll failed, 77 a key or token refused."
    })
final class Root implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** What this build is. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "tallyman "
            + Optional.ofNullable(Root.class.getPackage().getImplementationVersion())
                .orElse("(built from sources)")
      };
    }
  }
}
