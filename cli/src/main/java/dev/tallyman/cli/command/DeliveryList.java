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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what became of each delivery. */
@Command(
    name = "deliveries",
    header = "Shows what became of each delivery; `redeliver` makes one once more.")
public final class DeliveryList implements Callable<Integer> {
  static final String SCHEMA = "tallyman.deliveries/1";

  private final ProcessContext context;
  @Mixin private final OutputOptions reading = new OutputOptions();

  @Option(
      names = "--days",
      paramLabel = "N",
      description = "How many days back, up to 400 (default: 30).")
  private Optional<Integer> days = Optional.empty();

  @Option(
      names = "--status",
      paramLabel = "WORD",
      description = "Only those that are this far: pending, sent, dead, disabled.")
  private Optional<String> status = Optional.empty();

  public DeliveryList(ProcessContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = reading.terminal(context);
    List<Map.Entry<String, String>> parameters = new ArrayList<>();
    days.ifPresent(n -> parameters.add(Map.entry("days", n.toString())));
    status.ifPresent(word -> parameters.add(Map.entry("status", word)));
    return reading.answer(
        context,
        SCHEMA,
        ask -> {
          Json answer = withLast(reading.all(ask, "/api/v1/deliveries", parameters));
          Instant now = context.now();
          Listing listing =
              new Listing(
                  SCHEMA,
                  List.of("alert", "channel", "status", "next_attempt", "count", "last", "outcome"),
                  List.of(
                      Column.picture("ALERT", Column.ALWAYS),
                      Column.name("CHANNEL"),
                      Column.picture("STATUS", Column.ALWAYS),
                      Column.number("TRIED", 60),
                      Column.picture("LAST", 50),
                      Column.text("OUTCOME", 80)),
                  row -> cells(row, terminal.ascii(), now));
          return listing.show(answer, reading, terminal, context);
        });
  }

  /** The list with the last attempt of each beside its attempts. */
  private static Json withLast(Json answer) {
    List<Object> rows = new ArrayList<>();
    for (Json row : answer.objects("data")) {
      Map<String, Object> members = new LinkedHashMap<>(row.members());
      List<Json> attempts = row.objects("attempts");
      members.put("count", attempts.size());
      if (!attempts.isEmpty()) {
        attempts.getLast().text("at").ifPresent(at -> members.put("last", at));
        attempts.getLast().text("outcome").ifPresent(said -> members.put("outcome", said));
      }
      rows.add(members);
    }
    Map<String, Object> all = new LinkedHashMap<>(answer.members());
    all.put("data", rows);
    return new Json(all);
  }

  private static List<String> cells(Json row, boolean ascii, Instant now) {
    String none = Text.none(ascii);
    return List.of(
        row.text("alert").orElse(none),
        row.text("channel").orElse(none),
        row.text("status").orElse(none),
        row.text("count").orElse(none),
        Provenance.instant(row, "last").map(at -> Text.time(at, now)).orElse(none),
        row.text("outcome").orElse(none));
  }
}
