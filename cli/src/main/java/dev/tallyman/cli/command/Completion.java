package dev.tallyman.cli.command;

import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.ProcessContext;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a script that completes the command's words in a shell. */
@Command(
    name = "completion",
    header = "Writes a script that completes commands and options in bash or zsh, or the manual.",
    description = {
      "",
      "bash: source <(tallyman completion bash)",
      "zsh:  source <(tallyman completion zsh)",
      "man:  tallyman completion --man > ~/.local/share/man/man1/tallyman.1",
      ""
    })
public final class Completion implements Callable<Integer> {
  private final ProcessContext context;
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "SHELL", arity = "0..1", description = "bash or zsh (default: bash).")
  private Shell shell = Shell.BASH;

  @Option(names = "--man", description = "Write the manual page instead, for man(1).")
  private boolean man;

  /** The shells as they are written, in any letter case. */
  enum Shell {
    BASH,
    ZSH
  }

  public Completion(ProcessContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (man) {
      context.terminal().out().print(ManPage.of(spec.root().commandLine()));
      context.terminal().out().flush();
      return Exit.OK;
    }
    String script = AutoComplete.bash("tallyman", spec.root().commandLine());
    String zsh =
        "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n";
    context.terminal().out().print((shell == Shell.ZSH ? zsh : "") + script.replace("\r\n", "\n"));
    context.terminal().out().flush();
    return Exit.OK;
  }
}
