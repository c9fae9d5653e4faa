package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.Ask;
import dev.tallyman.cli.ask.OutputOptions;
import dev.tallyman.cli.ask.Reply;
import dev.tallyman.cli.config.SettingsFile;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.cli.show.Text;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes the settings of a ledger those of a file. */
@Command(
    name = "apply",
    header = "Makes the settings of a ledger those of a file; shows first what changes.",
    description = {"", "A second time it changes nothing.", ""})
public final class Apply implements Callable<Integer> {
  private static final String SETTINGS = "/api/v1/settings";

  private final ProcessContext context;
  @Mixin private final OutputOptions reading = new OutputOptions();

  @Option(
      names = "-f",
      required = true,
      paramLabel = "FILE",
      description = "The file with the settings: a tallyman.yaml.")
  private String file = "";

  @Option(names = "--dry-run", description = "Only show what would change.")
  private boolean dryRun;

  public Apply(ProcessContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (reading.failOpen()) {
      throw new Failure(
          Exit.USAGE, "--fail-open is for what only reads: settings are changed or they are not");
    }
    Terminal terminal = reading.terminal(context);
    Path path = context.path(file);
    Map<String, Object> wanted = SettingsFile.read(path).toDocument();
    try (Ask ask = reading.ask(context)) {
      Reply reply =
          ask.send("GET", SETTINGS, List.of(), Map.of("accept", "application/json"), new byte[0]);
      OutputOptions.require(ask, reply);
      Json current =
          Json.parse(reply.body().toArray())
              .orElseThrow(() ->
                  new Failure(
                      Exit.UNREACHABLE,
                      ask.whom() + " does not answer settings; is it a Tallyman server?"));
      List<Difference> differences = differences(current.members(), wanted);
      if (reading.json()) {
        terminal.print(Json.pretty(envelope(differences)));
      } else {
        differences.forEach(difference -> terminal.print(difference.text()));
      }
      if (differences.isEmpty()) {
        terminal.tell("Nothing changes.");
        return Exit.OK;
      }
      if (dryRun) {
        terminal.tell(differences.size() + " would change; nothing was changed.");
        return Exit.OK;
      }
      Map<String, String> headers = new LinkedHashMap<>();
      headers.put("content-type", "application/json");
      reply.header("etag").ifPresent(tag -> headers.put("if-match", tag));
      OutputOptions.require(ask, ask.send("PUT", SETTINGS, List.of(), headers, Json.bytes(wanted)));
      terminal.tell(differences.size() + " changed.");
      if (differences.stream().anyMatch(difference -> difference.path().startsWith("prices"))) {
        terminal.tell(
            "The next poll estimates this month and the two before it again, by these prices.");
      }
      return Exit.OK;
    }
  }

  /** A setting that changes; an empty text stands for none. */
  private record Difference(String path, String before, String after) {
    private String text() {
      return before.isEmpty()
          ? "+ " + path + ": " + after
          : after.isEmpty()
              ? "- " + path + ": " + before
              : "~ " + path + ": " + before + " -> " + after;
    }
  }

  private Map<String, Object> envelope(List<Difference> differences) {
    Map<String, Object> envelope = new LinkedHashMap<>();
    envelope.put("schema", "tallyman.apply/1");
    envelope.put("dry_run", dryRun);
    List<Map<String, Object>> data = new ArrayList<>();
    for (Difference difference : differences) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("path", difference.path());
      row.put("before", difference.before().isEmpty() ? null : difference.before());
      row.put("after", difference.after().isEmpty() ? null : difference.after());
      data.add(row);
    }
    envelope.put("data", data);
    return envelope;
  }

  private static List<Difference> differences(Map<String, ?> before, Map<String, ?> after) {
    Map<String, String> old = new TreeMap<>();
    Map<String, String> young = new TreeMap<>();
    flatten("", before, old);
    flatten("", after, young);
    Map<String, Difference> differences = new TreeMap<>();
    old.forEach((path, value) -> differences.put(path, new Difference(path, value, "")));
    young.forEach((path, value) ->
        differences.put(
            path, new Difference(path, Optional.ofNullable(old.get(path)).orElse(""), value)));
    return differences.values().stream().filter(d -> !d.before().equals(d.after())).toList();
  }

  /** Every scalar by its path. */
  private static void flatten(String path, Object value, Map<String, String> into) {
    switch (value) {
      case Map<?, ?> map ->
          map.forEach((name, below) ->
              flatten(path.isEmpty() ? String.valueOf(name) : path + "." + name, below, into));
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          flatten(path + "[" + i + "]", list.get(i), into);
        }
      }
      case java.math.BigDecimal number -> into.put(path, number.toPlainString());
      default -> into.put(path, Text.safe(String.valueOf(value)));
    }
  }
}
