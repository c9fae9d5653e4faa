package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.Answers;
import dev.tallyman.cli.ask.OutputOptions;
import dev.tallyman.cli.ask.Provenance;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Csv;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.cli.show.Text;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Tells one alert whole. */
@Command(
    name = "explain",
    header = "Tells one alert whole: what, since when, why, what was delivered to whom.")
public final class Explain implements Callable<Integer> {
  static final String SCHEMA = "tallyman.alert/1";

  private final ProcessContext context;
  @Mixin private final OutputOptions reading = new OutputOptions();

  @Parameters(paramLabel = "ALERT", description = "The alert's id, as `alerts` shows it.")
  private String id = "";

  public Explain(ProcessContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = reading.terminal(context);
    return reading.answer(
        context,
        SCHEMA,
        ask -> {
          Json alert = reading.get(ask, "/api/v1/alerts/" + OutputOptions.segment(id), List.of());
          if (reading.json()) {
            Map<String, Object> envelope = new LinkedHashMap<>();
            envelope.put("schema", SCHEMA);
            envelope.put("simulated", alert.flag("simulated"));
            envelope.put("data", alert.members());
            reading.print(envelope, terminal);
          } else if (reading.forPerson()) {
            show(alert, terminal);
          } else {
            terminal.print(
                lines(alert).stream().map(reading.csv() ? Csv::line : Csv::plain).toList());
          }
          return Exit.OK;
        });
  }

  private static List<List<String>> lines(Json alert) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.of("label", "text"));
    for (String name : List.of("id", "at", "type", "severity", "subject", "headline", "open")) {
      lines.add(List.of(name, alert.text(name).orElse("")));
    }
    for (Json fact : alert.objects("facts")) {
      lines.add(List.of(fact.text("label").orElse(""), fact.text("text").orElse("")));
    }
    return lines;
  }

  private void show(Json alert, Terminal terminal) {
    Instant now = context.now();
    List<String> heading = new ArrayList<>();
    alert.text("severity").ifPresent(heading::add);
    heading.add(alert.flag("open") ? "open" : "over");
    Provenance.instant(alert, "at")
        .ifPresent(at ->
            heading.add(Text.time(at, now) + " (" + Text.age(Duration.between(at, now)) + " ago)"));
    if (alert.flag("simulated")) {
      heading.add("SIMULATED");
    }
    terminal.print(terminal.bold(Text.safe(alert.text("headline").orElse(""))));
    terminal.print(Answers.wrapped(Text.safe(String.join(" · ", heading)), terminal));
    List<List<String>> rows = new ArrayList<>();
    for (Json fact : alert.objects("facts")) {
      rows.add(List.of(fact.text("label").orElse(""), fact.text("text").orElse("")));
    }
    String label = "Why";
    for (Json driver : alert.objects("drivers")) {
      rows.add(
          List.of(label, driver.text("label").orElse("") + ": " + driver.text("text").orElse("")));
      label = "";
    }
    for (Json link : alert.objects("links")) {
      rows.add(List.of(link.text("label").orElse(""), link.text("url").orElse("")));
    }
    for (Json delivery : alert.objects("deliveries")) {
      rows.add(List.of("Delivery", delivery(delivery, now)));
    }
    if (alert.objects("deliveries").isEmpty()) {
      rows.add(List.of("Delivery", "to nobody: no channel is told of this"));
    }
    rows.add(List.of("Id", alert.text("id").orElse("")));
    int widest = rows.stream().mapToInt(row -> Text.width(row.getFirst())).max().orElse(0);
    for (List<String> row : rows) {
      String name = Text.safe(row.getFirst());
      terminal.print(
          name + " ".repeat(Math.max(0, widest - Text.width(name)) + 2) + Text.safe(row.get(1)));
    }
  }

  private static String delivery(Json delivery, Instant now) {
    List<Json> attempts = delivery.objects("attempts");
    String text = delivery.text("channel").orElse("") + ": " + delivery.text("status").orElse("");
    if (!attempts.isEmpty()) {
      Json last = attempts.getLast();
      text +=
          " after "
              + attempts.size()
              + (attempts.size() == 1 ? " attempt" : " attempts")
              + Provenance.instant(last, "at").map(at -> ", " + Text.time(at, now)).orElse("")
              + ": "
              + last.text("outcome").orElse("");
    }
    return text
        + Provenance.instant(delivery, "next_attempt")
            .map(at -> "; next attempt " + Text.time(at, now))
            .orElse("");
  }
}
