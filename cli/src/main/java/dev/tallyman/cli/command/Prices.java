package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.Listing;
import dev.tallyman.cli.ask.OutputOptions;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
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
import picocli.CommandLine.Parameters;

/** Shows the prices that estimates are made with. */
@Command(
    name = "prices",
    header = "Shows the prices that estimates are made with, in USD per million tokens.")
public final class Prices implements Callable<Integer> {
  static final String SCHEMA = "tallyman.prices/1";
  static final String BILLED = "tallyman.rates/1";

  private final ProcessContext context;
  @Mixin private final OutputOptions reading = new OutputOptions();

  @Parameters(
      paramLabel = "MODEL",
      arity = "0..1",
      description = "Only the price of this model, whatever name it has.")
  private Optional<String> model = Optional.empty();

  @Option(
      names = "--date",
      paramLabel = "DATE",
      description = "The UTC day for which MODEL's price is asked (default: today).")
  private Optional<LocalDate> date = Optional.empty();

  @Option(
      names = "--tier",
      paramLabel = "TIER",
      description = "The prices of this service tier, such as priority (default: base prices).")
  private Optional<String> tier = Optional.empty();

  @Option(
      names = "--billed",
      description =
          "The newest rates of bills beside the list prices, which of them is used and why.")
  private boolean billed;

  public Prices(ProcessContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = reading.terminal(context);
    List<Map.Entry<String, String>> parameters = new ArrayList<>();
    if (billed) {
      return billed(terminal);
    }
    model.ifPresent(name -> parameters.add(Map.entry("model", name)));
    tier.ifPresent(name -> parameters.add(Map.entry("tier", name)));
    date.ifPresent(day -> parameters.add(Map.entry("date", day.toString())));
    return reading.answer(
        context,
        SCHEMA,
        ask -> {
          Json answer = reading.all(ask, "/api/v1/prices", parameters);
          if (model.isPresent() && answer.list("data").isEmpty()) {
            terminal.tell(
                "No price is known of "
                    + Text.safe(model.get())
                    + tier.map(name -> " in the tier " + Text.safe(name)).orElse("")
                    + answer.text("why").map(why -> ": " + Text.safe(why)).orElse("")
                    + "; add one under `prices` in tallyman.yaml, or wait for the first bill.");
          }
          Listing listing =
              new Listing(
                  SCHEMA,
                  List.of("model", "tier", "from", "usd", "source", "as_of"),
                  List.of(
                      Column.name("MODEL"),
                      Column.number("INPUT", Column.ALWAYS),
                      Column.number("CACHED", 60),
                      Column.number("OUTPUT", Column.ALWAYS),
                      Column.picture("OTHER", 55),
                      Column.text("FROM", 50),
                      Column.text("AS OF", 40)),
                  row -> cells(row, terminal.ascii()));
          return listing.show(answer, reading, terminal, context);
        });
  }

  private int billed(Terminal terminal) {
    if (model.isPresent() || tier.isPresent()) {
      throw new Failure(Exit.USAGE, "--billed shows all rates: leave out MODEL and --tier");
    }
    List<Map.Entry<String, String>> parameters = new ArrayList<>();
    date.ifPresent(day -> parameters.add(Map.entry("date", day.toString())));
    return reading.answer(
        context,
        BILLED,
        ask -> {
          Json answer = reading.all(ask, "/api/v1/rates", parameters);
          Listing listing =
              new Listing(
                  BILLED,
                  List.of(
                      "model", "tier", "meter", "day", "billed", "list", "set", "used", "reason"),
                  List.of(
                      Column.name("MODEL"),
                      Column.text("TIER", 45),
                      Column.text("METER", Column.ALWAYS),
                      Column.number("BILLED", Column.ALWAYS),
                      Column.number("LIST", Column.ALWAYS),
                      Column.number("USED", Column.ALWAYS),
                      Column.text("WHY", 60),
                      Column.text("BILL OF", 40)),
                  row -> rate(row, Text.none(terminal.ascii())));
          return listing.show(answer, reading, terminal, context);
        });
  }

  private static List<String> rate(Json row, String none) {
    return List.of(
        row.text("model").orElse(none),
        row.text("tier").orElse(none),
        row.text("meter").orElse(none),
        row.text("billed").orElse(none),
        row.text("list").orElse(none),
        row.text("used").orElse(none),
        switch (row.text("reason").orElse("")) {
          case "believed" -> "billed";
          case "far" -> "far from list";
          case "outdated" -> "list changed";
          case "set" -> "your price";
          default -> none;
        },
        row.text("day").orElse(none));
  }

  private static List<String> cells(Json row, boolean ascii) {
    String none = Text.none(ascii);
    Json usd = row.object("usd");
    List<String> others = new ArrayList<>();
    usd.members()
        .forEach((name, price) -> {
          if (!List.of("input", "cached_input", "output").contains(name)) {
            others.add(name + " " + price);
          }
        });
    return List.of(
        row.text("model").orElse(none),
        usd.text("input").orElse(none),
        usd.text("cached_input").orElse(none),
        usd.text("output").orElse(none),
        String.join(", ", others),
        row.text("from").orElse(none),
        row.text("as_of").orElse(none));
  }
}
