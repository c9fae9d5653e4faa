package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.Listing;
import dev.tallyman.cli.ask.OutputOptions;
import dev.tallyman.cli.ask.Provenance;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Table.Column;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.cli.show.Text;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what people were told. */
@Command(
    name = "alerts",
    header = "Shows what people were told, newest first; `explain` tells one of them whole.")
public final class AlertList implements Callable<Integer> {
  static final String SCHEMA = "tallyman.alerts/1";

  private final ProcessContext context;
  @Mixin private final OutputOptions reading = new OutputOptions();

  @Option(
      names = "--days",
      paramLabel = "N",
      description = "How many days back, up to 400 (default: 30).")
  private Optional<Integer> days = Optional.empty();

  @Option(names = "--open", description = "Only what is not over.")
  private boolean open;

  @Option(
      names = "--severity",
      paramLabel = "WORD",
      description = "Only what is as bad as this: info, warning, error, critical.")
  private Optional<String> severity = Optional.empty();

  @Option(
      names = "--subject",
      paramLabel = "ID",
      description = "Only what is about this budget or condition.")
  private Optional<String> subject = Optional.empty();

  public AlertList(ProcessContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = reading.terminal(context);
    List<Map.Entry<String, String>> parameters = new ArrayList<>();
    days.ifPresent(n -> parameters.add(Map.entry("days", n.toString())));
    severity.ifPresent(word -> parameters.add(Map.entry("severity", word)));
    subject.ifPresent(id -> parameters.add(Map.entry("subject", id)));
    if (open) {
      parameters.add(Map.entry("open", "true"));
    }
    return reading.answer(
        context,
        SCHEMA,
        ask -> {
          Json answer = reading.all(ask, "/api/v1/alerts", parameters);
          if (answer.list("data").isEmpty()) {
            terminal.tell("Nobody had to be told anything.");
          }
          Instant now = context.now();
          Listing listing =
              new Listing(
                  SCHEMA,
                  List.of("id", "at", "type", "severity", "subject", "headline", "open"),
                  List.of(
                      Column.picture("AT", Column.ALWAYS),
                      Column.picture("SEVERITY", 80),
                      Column.name("ALERT"),
                      Column.picture("STATE", 90),
                      Column.text("DELIVERED", 60),
                      Column.picture("ID", 70)),
                  row -> cells(row, terminal.ascii(), now));
          return listing.show(answer, reading, terminal, context);
        });
  }

  private static List<String> cells(Json row, boolean ascii, Instant now) {
    String none = Text.none(ascii);
    List<String> delivered =
        row.objects("deliveries").stream()
            .map(each -> each.text("channel").orElse("") + " " + each.text("status").orElse(""))
            .toList();
    return List.of(
        Provenance.instant(row, "at").map(at -> Text.time(at, now)).orElse(none),
        row.text("severity").orElse(none),
        row.text("headline").orElse(none),
        row.flag("open") ? "open" : "over",
        delivered.isEmpty() ? "to nobody" : String.join(", ", delivered),
        row.text("id").orElse(none));
  }
}
