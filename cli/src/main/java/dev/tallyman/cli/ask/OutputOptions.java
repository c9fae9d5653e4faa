package dev.tallyman.cli.ask;

import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Terminal;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options of every command that asks a ledger and shows the answer. */
public final class OutputOptions extends QueryOptions {
  private static final String FAIL_OPEN = "fail_open";

  @Option(
      names = "--fail-open",
      description =
          "Exit with 0 even if the data is stale or nobody could be asked for it; the JSON says"
              + " so.")
  private boolean failOpen;

  @ArgGroup(exclusive = true)
  private final Form form = new Form();

  /** How the answer is shown. */
  private static final class Form {
    @Option(names = "--json", description = "Show JSON.")
    private boolean json;

    @Option(names = "--csv", description = "Show CSV.")
    private boolean csv;

    @Option(
        names = "--plain",
        description = "Show values separated by tabs, without any decoration.")
    private boolean plain;
  }

  public boolean json() {
    return form.json;
  }

  public boolean csv() {
    return form.csv;
  }

  boolean plain() {
    return form.plain;
  }

  /** Whether the answer is for a person. */
  public boolean forPerson() {
    return !form.json && !form.csv && !form.plain;
  }

  public boolean failOpen() {
    return failOpen;
  }

  /** What a command does with whom it asks. */
  @FunctionalInterface
  public interface Question {
    /** Asks, shows the answer, and returns an exit code of {@link Exit}. */
    int ask(Ask ask);
  }

  /**
   * Asks and shows the answer; what {@code --fail-open} forgives, it forgives here.
   *
   * @param schema of the JSON
   * @return an exit code of {@link Exit}
   */
  public int answer(ProcessContext context, String schema, Question question) {
    try (Ask ask = ask(context)) {
      int code = question.ask(ask);
      return failOpen && code == Exit.STALE ? Exit.OK : code;
    } catch (Failure e) {
      if (!failOpen || e.code() != Exit.UNREACHABLE) {
        throw e;
      }
      Terminal terminal = context.terminal();
      e.print(terminal.err());
      if (form.json) {
        Map<String, Object> envelope = new LinkedHashMap<>();
        envelope.put("schema", schema);
        envelope.put("as_of", null);
        envelope.put("stale", null);
        envelope.put("simulated", null);
        envelope.put(FAIL_OPEN, forgiven(e.code(), e.text()));
        envelope.put("data", null);
        terminal.print(Json.pretty(envelope));
      }
      return Exit.OK;
    }
  }

  /** Shows a JSON, which says of stale data whether it was forgiven. */
  public void print(Map<String, Object> envelope, Terminal terminal) {
    if (failOpen && Boolean.TRUE.equals(envelope.get("stale"))) {
      envelope.put(FAIL_OPEN, forgiven(Exit.STALE, "The data is stale."));
    }
    terminal.print(Json.pretty(envelope));
  }

  /** What the command would have ended with. */
  private static Map<String, Object> forgiven(int code, String message) {
    Map<String, Object> forgiven = new LinkedHashMap<>();
    forgiven.put("exit_code", code);
    forgiven.put("message", message);
    return forgiven;
  }
}
