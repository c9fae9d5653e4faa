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
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows how the windows of budgets are expected to end. */
@Command(
    name = "forecast",
    header = "Shows how the windows of budgets are expected to end, and how sure that is.",
    description = {
      "",
      "Eight of ten windows end within the band. Where too little is known, nothing is shown.",
      ""
    })
public final class ForecastList implements Callable<Integer> {
  static final String SCHEMA = "tallyman.forecast/1";
  static final String PATH = "/api/v1/forecast";

  private final ProcessContext context;
  @Mixin private final OutputOptions reading = new OutputOptions();

  public ForecastList(ProcessContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = reading.terminal(context);
    return reading.answer(
        context,
        SCHEMA,
        ask -> {
          Json answer = BudgetList.flat(reading.all(ask, PATH, List.of()));
          boolean ascii = terminal.ascii();
          Instant now = context.now();
          Listing listing =
              new Listing(
                  SCHEMA,
                  List.of(
                      "budget",
                      "name",
                      "unit",
                      "limit",
                      "used",
                      "window",
                      "window_end",
                      "as_of",
                      "pace_standing",
                      "pace_percentage",
                      "forecast_expected",
                      "forecast_low",
                      "forecast_high",
                      "forecast_exhausted",
                      "forecast_exhausted_earliest",
                      "forecast_exhausted_latest",
                      "currency",
                      "note"),
                  List.of(
                      Column.name("BUDGET"),
                      Column.number("USED", 50),
                      Column.number("EXPECTED", Column.ALWAYS),
                      Column.number("LOW", 70),
                      Column.number("HIGH", 70),
                      Column.number("LIMIT", 80),
                      Column.picture("LASTS", 90),
                      Column.picture("ENDS", 60)),
                  row -> cells(row, ascii, now));
          int shown = listing.show(answer, reading, terminal, context);
          BudgetList.notes(answer).forEach(reading.forPerson() ? terminal::warn : terminal::tell);
          return shown;
        });
  }

  private static List<String> cells(Json row, boolean ascii, Instant now) {
    return List.of(
        row.text("name").orElseGet(() -> Text.none(ascii)),
        BudgetList.amount(row, "used", ascii),
        BudgetList.amount(row, "forecast_expected", ascii),
        BudgetList.amount(row, "forecast_low", ascii),
        BudgetList.amount(row, "forecast_high", ascii),
        BudgetList.amount(row, "limit", ascii),
        BudgetList.lasts(row, ascii, now),
        Provenance.instant(row, "window_end")
            .map(at -> Text.time(at, now))
            .orElseGet(() -> Text.none(ascii)));
  }
}
