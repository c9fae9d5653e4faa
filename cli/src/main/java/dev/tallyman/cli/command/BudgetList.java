package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.Listing;
import dev.tallyman.cli.ask.OutputOptions;
import dev.tallyman.cli.ask.Provenance;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Table.Column;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.cli.show.Text;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows where budgets stand. */
@Command(
    name = "budgets",
    header = "Shows where budgets stand: used, left, pace and when the limit is used up.",
    description = {
      "",
      "Exits with 65 if any of them is made of stale data, or is not known for money in another"
          + " currency.",
      ""
    })
public final class BudgetList implements Callable<Integer> {
  static final String SCHEMA = "tallyman.budgets/1";
  static final String PATH = "/api/v1/budgets";

  private final ProcessContext context;
  @Mixin private final OutputOptions reading = new OutputOptions();

  public BudgetList(ProcessContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = reading.terminal(context);
    return reading.answer(
        context,
        SCHEMA,
        ask -> {
          Json answer = flat(reading.all(ask, PATH, List.of()));
          boolean ascii = terminal.ascii();
          Instant now = context.now();
          Listing listing =
              new Listing(
                  SCHEMA,
                  List.of(
                      "id",
                      "name",
                      "state",
                      "metric",
                      "limit",
                      "used",
                      "remaining",
                      "percentage",
                      "window",
                      "window_end",
                      "pace_standing",
                      "pace_percentage",
                      "forecast_expected",
                      "forecast_low",
                      "forecast_high",
                      "forecast_exhausted",
                      "source",
                      "as_of",
                      "muted_until",
                      "currency",
                      "note"),
                  List.of(
                      Column.name("BUDGET"),
                      Column.text("STATE", Column.ALWAYS),
                      Column.number("USED", Column.ALWAYS),
                      Column.number("LIMIT", 80),
                      Column.number("SHARE", Column.ALWAYS),
                      Column.text("PACE", 70),
                      Column.number("EXPECTED", 60),
                      Column.picture("LASTS", 75),
                      Column.picture("WINDOW", 40)),
                  row -> cells(row, ascii, now));
          int shown = listing.show(answer, reading, terminal, context);
          notes(answer).forEach(reading.forPerson() ? terminal::warn : terminal::tell);
          boolean doubtful =
              answer.objects("data").stream().anyMatch(row -> row.flag("stale") || lacking(row));
          return doubtful ? Exit.STALE : shown;
        });
  }

  /** What must be known beside the numbers of budgets, a line each. */
  static List<String> notes(Json flat) {
    return flat.objects("data").stream()
        .filter(row -> row.text("note").isPresent())
        .map(row -> Text.safe(row.text("name").orElse("") + ": " + row.text("note").orElse("")))
        .toList();
  }

  /** Whether it is not known what is used, because bills hold money in another currency. */
  static boolean lacking(Json row) {
    return row.number("used").isEmpty() && !row.texts("other_currencies").isEmpty();
  }

  /** The list with the members of state, pace and forecast beside those of the budget. */
  static Json flat(Json answer) {
    List<Object> rows = new ArrayList<>();
    for (Json row : answer.objects("data")) {
      Map<String, Object> members = new LinkedHashMap<>(row.members());
      members.remove("state");
      Json state = row.object("state");
      members.putAll(state.members());
      nested(state.has("pace") ? state.object("pace") : row.object("pace"), "pace", members);
      nested(
          state.has("forecast") ? state.object("forecast") : row.object("forecast"),
          "forecast",
          members);
      rows.add(members);
    }
    Map<String, Object> all = new LinkedHashMap<>(answer.members());
    all.put("data", rows);
    return new Json(all);
  }

  private static void nested(Json object, String name, Map<String, Object> into) {
    into.remove(name);
    object.members().forEach((member, value) -> into.put(name + "_" + member, value));
  }

  private static List<String> cells(Json row, boolean ascii, Instant now) {
    String none = Text.none(ascii);
    return List.of(
        row.text("name").orElse(none),
        row.text("state").orElse("unknown") + (row.has("muted_until") ? " (muted)" : ""),
        amount(row, "used", ascii),
        amount(row, "limit", ascii),
        row.text("percentage").map(share -> share + "%").orElse(none),
        pace(row, ascii),
        amount(row, "forecast_expected", ascii),
        lasts(row, ascii, now),
        row.text("window").map(window -> window.split("@", 2)[0]).orElse(none));
  }

  /** An amount in the unit of its row. */
  static String amount(Json row, String name, boolean ascii) {
    return amount(row.number(name).orElse(null), row, ascii);
  }

  /** An amount in the unit, or the currency, of a row. */
  static String amount(@Nullable BigDecimal amount, Json row, boolean ascii) {
    return row.text("unit").equals(Optional.of("money"))
        ? Text.money(amount, row.text("currency").orElse("usd"), ascii)
        : Text.count(amount, ascii);
  }

  /** Whether a limit lasts at this pace, in words. */
  static String pace(Json row, boolean ascii) {
    Optional<BigDecimal> percentage = row.number("pace_percentage").map(BigDecimal::abs);
    return switch (row.text("pace_standing").orElse("")) {
      case "ahead" -> percentage.map(each -> each + "% ").orElse("") + "in deficit";
      case "behind" -> percentage.map(each -> each + "% ").orElse("") + "in reserve";
      case "on" -> "on pace";
      default -> Text.none(ascii);
    };
  }

  /** Until when a limit is expected to last. */
  static String lasts(Json row, boolean ascii, Instant now) {
    Optional<String> exhausted =
        Provenance.instant(row, "forecast_exhausted").map(at -> "until " + Text.time(at, now));
    return exhausted.orElseGet(
        () -> row.has("forecast_expected") ? "beyond its window" : Text.none(ascii));
  }
}
