package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.Answers;
import dev.tallyman.cli.ask.Ask;
import dev.tallyman.cli.ask.OutputOptions;
import dev.tallyman.cli.ask.Provenance;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Csv;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Table;
import dev.tallyman.cli.show.Table.Column;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.cli.show.Text;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows how fresh the ledger is. */
@Command(
    name = "status",
    header = "Shows how fresh each endpoint is.",
    description = {"", "Exits with 65 if anything is stale.", ""})
public final class Status implements Callable<Integer> {
  static final String SCHEMA = "tallyman.status/1";

  private final ProcessContext context;
  @Mixin private final OutputOptions reading = new OutputOptions();

  public Status(ProcessContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = reading.terminal(context);
    return reading.answer(context, SCHEMA, ask -> tell(ask, terminal));
  }

  private int tell(Ask ask, Terminal terminal) {
    Json polls = reading.get(ask, "/api/v1/polls", List.of(Map.entry("limit", "1")));
    List<Json> endpoints = polls.objects("freshness");
    Optional<Json> latest = polls.objects("data").stream().findFirst();
    boolean stale = endpoints.isEmpty() || endpoints.stream().anyMatch(e -> e.flag("stale"));
    if (reading.json()) {
      Map<String, Object> envelope = new LinkedHashMap<>();
      envelope.put("schema", SCHEMA);
      envelope.put("as_of", latest.flatMap(p -> p.text("at")).orElse(null));
      envelope.put("stale", stale);
      envelope.put("simulated", polls.flag("simulated"));
      envelope.put("last_poll", latest.map(Json::members).orElse(null));
      envelope.put("data", polls.list("freshness"));
      reading.print(envelope, terminal);
    } else if (reading.forPerson()) {
      show(polls, latest, endpoints, terminal);
    } else {
      terminal.print(lines(endpoints));
    }
    return stale ? Exit.STALE : Exit.OK;
  }

  private List<String> lines(List<Json> endpoints) {
    List<String> names =
        List.of(
            "endpoint",
            "last_success",
            "stale",
            "failure",
            "message",
            "read_until",
            "complete_since",
            "state");
    List<List<String>> rows = new ArrayList<>();
    rows.add(names);
    for (Json endpoint : endpoints) {
      rows.add(names.stream().map(name -> endpoint.text(name).orElse("")).toList());
    }
    return rows.stream().map(reading.csv() ? Csv::line : Csv::plain).toList();
  }

  private void show(Json polls, Optional<Json> latest, List<Json> endpoints, Terminal terminal) {
    boolean ascii = terminal.ascii();
    // Ages go by the time that the ledger was asked at, which a clock of its own may set.
    Instant now = context.now();
    String none = Text.none(ascii);
    if (latest.isEmpty()) {
      terminal.print("Never polled.");
      return;
    }
    List<String> heading = new ArrayList<>();
    reading.organization().ifPresent(heading::add);
    Provenance.instant(latest.get(), "at")
        .ifPresent(at -> heading.add("polled " + Text.age(Duration.between(at, now)) + " ago"));
    latest.get().text("trigger").ifPresent(trigger -> heading.add("by " + trigger));
    latest.get().number("took_ms").ifPresent(ms -> heading.add("in " + ms + " ms"));
    if (polls.flag("simulated")) {
      heading.add("SIMULATED");
    }
    terminal.print(Answers.wrapped(Text.safe(String.join(" · ", heading)), terminal));
    Table table =
        new Table(
            List.of(
                Column.name("ENDPOINT"),
                Column.number("LAST READ", Column.ALWAYS),
                Column.text("COMPLETE SINCE", 20),
                Column.text("STATE", Column.ALWAYS)));
    for (Json endpoint : endpoints) {
      String state =
          endpoint
              .text("failure")
              .or(() -> endpoint.text("state").filter("partial"::equals))
              .map(failure -> failure + endpoint.text("message").map(m -> ": " + m).orElse(""))
              .orElse("ok");
      table.row(
          List.of(
              endpoint.text("endpoint").orElse(none),
              Provenance.instant(endpoint, "last_success")
                  .map(at -> Text.age(Duration.between(at, now)) + " ago")
                  .orElse("never"),
              Provenance.instant(endpoint, "complete_since")
                  .map(at -> at.toString().substring(0, 10))
                  .orElse(none),
              (endpoint.flag("stale") ? "STALE " : "") + state));
    }
    List<String> lines = table.lines(terminal.width(), ascii);
    terminal.print(terminal.bold(lines.getFirst()));
    terminal.print(lines.subList(1, lines.size()));
    for (Json endpoint : endpoints) {
      endpoint
          .text("message")
          .ifPresent(message ->
              terminal.tell(Text.safe(endpoint.text("endpoint").orElse("") + ": " + message)));
    }
  }
}
