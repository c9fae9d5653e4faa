package dev.tallyman.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Leads to what can be done with tokens. */
@Command(name = "token", header = "Makes tokens that open the API of a server.")
public final class Token implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "write `tallyman token new`");
  }
}
