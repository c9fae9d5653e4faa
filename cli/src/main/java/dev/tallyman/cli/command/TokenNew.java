package dev.tallyman.cli.command;

import dev.tallyman.api.access.Role;
import dev.tallyman.api.access.Tokens;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Terminal;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a token and shows it once, with the hash that the configuration keeps. */
@Command(name = "new", header = "Makes a token; it is shown once and kept nowhere.")
public final class TokenNew implements Callable<Integer> {
  private final ProcessContext context;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "viewer reads, operator also changes (default: viewer).")
  private Kind role = Kind.VIEWER;

  @Option(names = "--json", description = "Show JSON.")
  private boolean json;

  /** The roles as they are written, in any letter case. */
  enum Kind {
    VIEWER,
    OPERATOR
  }

  public TokenNew(ProcessContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Tokens.Token token =
        Tokens.create(role == Kind.VIEWER ? Role.VIEWER : Role.OPERATOR, new SecureRandom());
    Terminal terminal = context.terminal();
    if (json) {
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("schema", "tallyman.token/1");
      shown.put("role", token.role().toString());
      shown.put("token", token.text());
      shown.put("hash", token.hash());
      terminal.print(Json.pretty(shown));
      return Exit.OK;
    }
    terminal.print(List.of("token  " + token.text(), "hash   " + token.hash()));
    terminal.tell(
        "Give the token to who calls, as TALLYMAN_TOKEN. Write its hash into tallyman.yaml:");
    terminal.tell("server:");
    terminal.tell("  tokens:");
    terminal.tell("    - role: " + token.role());
    terminal.tell("      hash: " + token.hash());
    return Exit.OK;
  }
}
