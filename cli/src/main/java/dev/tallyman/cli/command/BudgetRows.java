package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.Provenance;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Text;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rows of budgets and of their forecasts, as the API answers them, for people. */
final class BudgetRows {
  static final String PATH = "/api/v1/budgets";
  static final String FORECASTS = "/api/v1/forecast";

  private BudgetRows() {}

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
