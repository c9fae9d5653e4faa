package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.Listing;
import dev.tallyman.cli.ask.OutputOptions;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Table.Column;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.cli.show.Text;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows which models were used. */
@Command(
    name = "models",
    header = "Shows the models that were used, their pool and whether their price is known.")
public final class Models implements Callable<Integer> {
  static final String SCHEMA = "tallyman.models/1";

  private final ProcessContext context;
  @Mixin private final OutputOptions reading = new OutputOptions();

  @Option(
      names = "--since",
      paramLabel = "DATE",
      description = "The first UTC day (default: 90 days ago).")
  private Optional<LocalDate> since = Optional.empty();

  @Option(
      names = "--until",
      paramLabel = "DATE",
      description = "The UTC day before which it ends (default: tomorrow).")
  private Optional<LocalDate> until = Optional.empty();

  public Models(ProcessContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = reading.terminal(context);
    List<Map.Entry<String, String>> parameters = new ArrayList<>();
    since.ifPresent(day -> parameters.add(Map.entry("since", day.toString())));
    until.ifPresent(day -> parameters.add(Map.entry("until", day.toString())));
    return reading.answer(
        context,
        SCHEMA,
        ask -> {
          Json answer = reading.all(ask, "/api/v1/models", parameters);
          Listing listing =
              new Listing(
                  SCHEMA,
                  List.of(
                      "model",
                      "group",
                      "known",
                      "priced",
                      "requests",
                      "tokens",
                      "estimated_usd",
                      "first_day",
                      "last_day"),
                  List.of(
                      Column.name("MODEL"),
                      Column.text("GROUP", 60),
                      Column.number("REQUESTS", 50),
                      Column.number("TOKENS", 70),
                      Column.number("ESTIMATED", Column.ALWAYS),
                      Column.text("LAST USED", 30)),
                  row -> cells(row, terminal.ascii()));
          return listing.show(answer, reading, terminal, context);
        });
  }

  private static List<String> cells(Json row, boolean ascii) {
    String none = Text.none(ascii);
    String money = Text.money(row.number("estimated_usd").orElse(null), "usd", ascii);
    return List.of(
        row.text("model").orElse(none),
        row.text("group")
            .map(group -> row.flag("known") ? group : group + " (unknown)")
            .orElse(none),
        Text.count(row.number("requests").orElse(null), ascii),
        Text.count(row.number("tokens").orElse(null), ascii),
        row.flag("priced") ? money : "unpriced",
        row.text("last_day").orElse(none));
  }
}
