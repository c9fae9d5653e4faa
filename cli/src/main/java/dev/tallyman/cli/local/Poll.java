package dev.tallyman.cli.local;

import dev.tallyman.cli.config.Config;
import dev.tallyman.cli.config.LocationOptions;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.process.Stop;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Progress;
import dev.tallyman.cli.show.Table;
import dev.tallyman.cli.show.Table.Column;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.cli.show.Text;
import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.PollJob;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.EndpointResult;
import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs one cycle of every organization and shows what it found. */
@Command(
    name = "poll",
    header = "Reads the provider once and shows what it found.",
    description = {
      "",
      "Exits with 0 if everything was read, 75 if some was or in part only, 69 if nothing was, 77"
          + " if the key was refused.",
      ""
    })
public final class Poll implements Callable<Integer> {
  private final ProcessContext context;
  private final Stop stop;
  @Mixin private final LocationOptions places = new LocationOptions();

  @Option(
      names = "--once",
      required = true,
      description = "One cycle, then end; `tallyman serve` polls on a schedule.")
  @SuppressWarnings("UnusedVariable") // it is enough that it is given
  private boolean once;

  @Option(
      names = "--org",
      paramLabel = "ID",
      description = "Only this organization (default: all of the configuration).")
  private Optional<String> organization = Optional.empty();

  @Option(names = "--json", description = "Show JSON.")
  private boolean json;

  @Option(names = "--ascii", description = "Use no characters beyond ASCII.")
  private boolean ascii;

  public Poll(ProcessContext context, Stop stop) {
    this.context = context;
    this.stop = stop;
  }

  @Override
  public Integer call() {
    Config config = places.config(context, Config.Needs.KEYS);
    Terminal terminal = context.terminal().with(ascii);
    List<Finding> findings = new ArrayList<>();
    int code;
    try (LocalRuntime runtime =
        new LocalRuntime(
            config, context, stop, _ -> {}, failure -> terminal.tell(Failure.message(failure)))) {
      LocalRuntime.tellIfSimulated(config, terminal);
      runtime.open();
      for (String id : runtime.chosen(organization)) {
        findings.add(find(runtime, id, new Progress(terminal, context.real())));
      }
      code = exit(findings);
      Map<String, String> unread = organization.isEmpty() ? runtime.unread() : Map.of();
      unread.forEach((id, why) -> findings.add(new Finding(id, Optional.empty(), why, List.of())));
      code = code == Exit.OK && !unread.isEmpty() ? Exit.SOME_FAILED : code;
    }
    if (json) {
      terminal.print(Json.pretty(envelope(findings)));
    } else {
      terminal.print(table(findings).lines(terminal.width(), terminal.ascii()));
    }
    findings.forEach(finding -> finding.messages().forEach(terminal::tell));
    return code;
  }

  private static Finding find(LocalRuntime runtime, String id, Progress progress) {
    PollJob.Result result = poll(runtime, id, progress);
    return switch (result.outcome()) {
      case CycleOutcome.Ran(var cycle, var unknown, _) ->
          new Finding(id, Optional.of(cycle), result.trouble().orElse(""), List.copyOf(unknown));
      case CycleOutcome.AlreadyRunning() ->
          new Finding(
              id, Optional.empty(), "another poller is at work; try again in a moment", List.of());
      case CycleOutcome.WrongOrganization(String message) ->
          throw new Failure(Exit.AUTH, id + ": " + message);
    };
  }

  private static PollJob.Result poll(LocalRuntime runtime, String id, Progress progress) {
    try {
      return runtime.poll(id, "cli", what -> progress.show(id + ": " + what));
    } finally {
      progress.clear();
    }
  }

  /**
   * What became of one organization.
   *
   * @param cycle empty if none was run
   * @param reason why none was
   * @param unknown models that no group names
   */
  record Finding(String id, Optional<CycleRecord> cycle, String reason, List<String> unknown) {
    private List<String> messages() {
      List<String> messages = new ArrayList<>();
      if (!reason.isEmpty()) {
        messages.add(id + ": " + reason);
      }
      // Where one thing keeps all endpoints from being read, it is told once.
      Map<String, List<String>> failed = new LinkedHashMap<>();
      cycle.ifPresent(record ->
          record
              .endpoints()
              .forEach((endpoint, result) ->
                  Optional.of(result)
                      .filter(each -> !each.state().equals("ok"))
                      .map(each -> each.message().orElseGet(each::state))
                      .ifPresent(message ->
                          failed.computeIfAbsent(message, _ -> new ArrayList<>()).add(endpoint))));
      failed.forEach((message, endpoints) ->
          messages.add(Text.safe(id + ", " + String.join(", ", endpoints) + ": " + message)));
      if (!unknown.isEmpty()) {
        messages.add(
            id
                + ": counted as premium, since no group names them: "
                + Text.safe(String.join(", ", unknown)));
      }
      return messages;
    }

    private boolean refused() {
      return cycle
          .filter(record -> !readAnything(record))
          .filter(record ->
              record.endpoints().values().stream()
                  .flatMap(result -> result.failure().stream())
                  .anyMatch(kind -> kind == Kind.BAD_KEY || kind == Kind.MISSING_SCOPE))
          .isPresent();
    }
  }

  /** Whether anything arrived; what was not due counts as neither read nor failed. */
  private static boolean readAnything(CycleRecord cycle) {
    return cycle.endpoints().entrySet().stream()
        .anyMatch(each ->
            !each.getKey().equals(CycleRecord.NAMES)
                && each.getValue().ok()
                && each.getValue().read() > 0);
  }

  /** All read, some, none, or none because the key was refused. */
  public static int exit(List<Finding> findings) {
    if (findings.stream().allMatch(f -> f.cycle().filter(CycleRecord::complete).isPresent())) {
      return Exit.OK;
    }
    boolean anything =
        findings.stream().anyMatch(f -> f.cycle().filter(Poll::readAnything).isPresent());
    boolean waiting = findings.stream().anyMatch(f -> f.cycle().isEmpty());
    if (anything || waiting) {
      return Exit.SOME_FAILED;
    }
    return findings.stream().anyMatch(Finding::refused) ? Exit.AUTH : Exit.UNREACHABLE;
  }

  private static Table table(List<Finding> findings) {
    Table table =
        new Table(
            List.of(
                Column.text("ORGANIZATION", findings.size() > 1 ? Column.ALWAYS : 20),
                Column.name("ENDPOINT"),
                Column.number("READ", 50),
                Column.number("CHANGED", 60),
                Column.number("RESTATED", 40),
                Column.number("SKIPPED", 30),
                Column.text("RESULT", Column.ALWAYS)));
    for (Finding finding : findings) {
      finding
          .cycle()
          .ifPresent(cycle ->
              cycle
                  .endpoints()
                  .forEach((endpoint, result) ->
                      table.row(
                          List.of(
                              finding.id(),
                              endpoint,
                              Text.count(result.read()),
                              Text.count(result.changed()),
                              Text.count(result.restated()),
                              Text.count(result.skipped()),
                              result.state()))));
      if (finding.cycle().isEmpty()) {
        table.row(List.of(finding.id(), "", "", "", "", "", "not polled"));
      }
    }
    return table;
  }

  private static Map<String, Object> envelope(List<Finding> findings) {
    Map<String, Object> envelope = new LinkedHashMap<>();
    envelope.put("schema", "tallyman.poll/1");
    envelope.put(
        "simulated",
        findings.stream().anyMatch(f -> f.cycle().filter(CycleRecord::simulated).isPresent()));
    List<Map<String, Object>> data = new ArrayList<>();
    for (Finding finding : findings) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("organization", finding.id());
      row.put("polled", finding.cycle().isPresent());
      finding
          .cycle()
          .ifPresent(cycle -> {
            row.put("at", cycle.at().toString());
            row.put("ms", cycle.took().toMillis());
            List<Map<String, Object>> endpoints = new ArrayList<>();
            cycle.endpoints().forEach((id, result) -> endpoints.add(members(id, result)));
            row.put("endpoints", endpoints);
          });
      data.add(row);
    }
    envelope.put("data", data);
    return envelope;
  }

  private static Map<String, Object> members(String id, EndpointResult result) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("endpoint", id);
    members.put("ok", result.ok());
    members.put("read", result.read());
    members.put("changed", result.changed());
    members.put("restated", result.restated());
    members.put("skipped", result.skipped());
    members.put("partial", result.partial());
    members.put("state", result.state());
    members.put("failure", result.failure().map(Kind::name).orElse(null));
    members.put("message", result.message().orElse(null));
    return members;
  }
}
