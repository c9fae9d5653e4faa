package dev.tallyman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.cli.process.Stop;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class CommandsTest {
  private static final Pattern OPTION = Pattern.compile("(?m)^ +(?:-[a-zA-Z], )?(--[a-z-]+)");
  private static final Set<String> OF_ALL = Set.of("--help", "--version");

  @TempDir Path folder;

  /** Every command, as it is typed. */
  static Stream<String> commands() {
    List<String> names = new ArrayList<>();
    collect(
        Tallyman.commandLine(new Shell(Path.of("/")).surroundings(), new Stop(), _ -> {}),
        "",
        names);
    return names.stream();
  }

  private static void collect(CommandLine command, String prefix, List<String> names) {
    command
        .getSubcommands()
        .forEach((name, below) -> {
          names.add(prefix + name);
          collect(below, prefix + name + " ", names);
        });
  }

  @Test
  void allCommandsAreThere() {
    assertThat(commands())
        .containsExactlyInAnyOrder(
            "serve",
            "poll",
            "backfill",
            "spend",
            "today",
            "watch",
            "statusline",
            "status",
            "models",
            "prices",
            "budgets",
            "check",
            "forecast",
            "alerts",
            "explain",
            "mute",
            "channels",
            "channels test",
            "deliveries",
            "redeliver",
            "export",
            "apply",
            "token",
            "token new",
            "simulate",
            "doctor",
            "aws",
            "completion");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void wrongUseOfEveryCommandExitsWith64(String command) {
    Shell.Result result = run(command + " --no-such-option");

    assertThat(result.code()).isEqualTo(64);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("tallyman " + command + " --help");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandExplainsItself(String command) {
    Shell.Result result = run(command + " --help");

    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("Usage: tallyman " + command);
    assertThat(result.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "token",
        "poll",
        "backfill",
        "backfill --from yesterday",
        "backfill --from 9999-01-01",
        "apply",
        "apply -f nowhere.yaml",
        "token new --role admin",
        "simulate --port 99999",
        "simulate --faults nonsense",
        "simulate --speed 0",
        "simulate --now soon",
        "serve --port http",
        "serve --port 99999",
        "serve --host 0.0.0.0",
        "serve --config nowhere.yaml",
        "spend --json --csv",
        "spend --top many",
        "spend --since 2026-11-01 --last 7d",
        "spend --endpoint ftp://x",
        "spend --endpoint http://example.com",
        "spend --endpoint https://user:pass@example.com",
        "spend --endpoint https://example.com?x=1",
        "spend --token-file x",
        "prices --date yesterday",
        "models --since yesterday",
        "completion fish",
        "watch --every 0",
        "watch --every often",
        "check",
        "check --budget b --warn many",
        "check --budget b --warn 90 --alert 80",
        "check --budget b --max-age soon",
        "explain",
        "mute b --for ever",
        "mute b --for 1h --off",
        "channels test",
        "redeliver x",
        "alerts --days many",
        "export",
        "export --format xml",
        "export --format csv --since 2026-11-01 --last 7d",
        "export --format csv --estimated",
        "export --format focus --by model",
        "export --format focus --filter model:gpt-5",
        "export --format focus --filter project:a --filter project:b",
        "--no-such-option",
      })
  void whatCannotBeDoneExitsWith64(String line) {
    Shell.Result result = run(line);

    assertThat(result.code()).as(result.err()).isEqualTo(64);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).startsWith("tallyman: ").doesNotContain("Exception", "\tat ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spend",
        "today",
        "watch",
        "statusline",
        "status",
        "models",
        "prices",
        "spend --org simulated",
        "budgets",
        "alerts",
        "export --format focus",
        "check --budget b"
      })
  void aLedgerThatIsNotThereExitsWith69AndTheRemedy(String line) {
    Shell.Result result = run(line);

    assertThat(result.code()).isEqualTo(69);
    assertThat(result.err())
        .contains("Nothing has been read yet: there is no ledger at", "tallyman poll --once");
  }

  @Test
  void beyondThisMachineTokensAreNeeded() {
    assertThat(run("serve --host 0.0.0.0").err()).contains("tallyman token new");
  }

  @Test
  void tellsItsVersion() {
    assertThat(run("--version").out()).startsWith("tallyman ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"viewer", "operator"})
  void aNewTokenIsShownWithItsHash(String role) {
    Shell.Result result = run("token new --role " + role);

    List<String> lines = result.out().lines().toList();
    String token = lines.get(0).replaceFirst("token +", "");
    assertThat(result.code()).isZero();
    assertThat(lines.get(1)).isEqualTo("hash   %s", dev.tallyman.api.access.Tokens.hash(token));
    assertThat(dev.tallyman.api.access.Tokens.claimed(token).orElseThrow()).hasToString(role);
    assertThat(run("token new").out()).isNotEqualTo(run("token new").out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh"})
  void completionKnowsEveryCommand(String shell) {
    Shell.Result result = run("completion " + shell);

    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("complete -F _complete_tallyman", "backfill", "doctor", "--endpoint");
    assertThat(result.out().startsWith("autoload")).isEqualTo("zsh".equals(shell));
  }

  @Test
  void theManualAndTheCompletionKnowEveryCommandAndItsOptions() {
    String manual = run("completion --man").out();
    String completion = run("completion bash").out();

    assertThat(manual).startsWith(".TH TALLYMAN 1\n.SH NAME\n").doesNotContain("%n", "@|");
    commands()
        .forEach(command -> {
          String heading = "\n.SS tallyman " + command + "\n";
          assertThat(manual).contains(heading);
          String section =
              manual.substring(manual.indexOf(heading) + heading.length()).split("\n\\.SS ", 2)[0];
          var options = OPTION.matcher(run(command + " --help").out());
          while (options.find()) {
            assertThat(completion).contains(options.group(1));
            if (!OF_ALL.contains(options.group(1))) {
              assertThat(section)
                  .as(command)
                  .contains("\\fB" + options.group(1).replace("-", "\\-") + "\\fR");
            }
          }
        });
  }

  private Shell.Result run(String line) {
    return new Shell(folder).run(line.split(" "));
  }
}
