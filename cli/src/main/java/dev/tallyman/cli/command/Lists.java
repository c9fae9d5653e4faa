package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.Provenance;
import dev.tallyman.cli.command.ListSpec.Choice;
import dev.tallyman.cli.command.ListSpec.View;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Table.Column;
import dev.tallyman.cli.show.Text;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The commands that show a list of the API: the one table of them. */
final class Lists {
  private static final Choice DAYS =
      Choice.of("--days", "N", Integer.class, "How many days back, up to 400 (default: 30).");

  private static final ListSpec ALERTS =
      new ListSpec(
          "alerts",
          "Shows what people were told, newest first; `explain` tells one of them whole.",
          List.of(),
          "tallyman.alerts/1",
          "/api/v1/alerts",
          List.of(
              DAYS,
              Choice.flag("--open", "Only what is not over."),
              Choice.of(
                  "--severity",
                  "WORD",
                  String.class,
                  "Only what is as bad as this: info, warning, error, critical."),
              Choice.of(
                  "--subject", "ID", String.class, "Only what is about this budget or condition.")),
          UnaryOperator.identity(),
          Optional.of("Nobody had to be told anything."),
          List.of("id", "at", "type", "severity", "subject", "headline", "open"),
          List.of(
              Column.picture("AT", Column.ALWAYS),
              Column.picture("SEVERITY", 80),
              Column.name("ALERT"),
              Column.picture("STATE", 90),
              Column.text("DELIVERED", 60),
              Column.picture("ID", 70)),
          Lists::alert,
          _ -> List.of(),
          _ -> false);

  private static final ListSpec BUDGETS =
      new ListSpec(
          "budgets",
          "Shows where budgets stand: used, left, pace and when the limit is used up.",
          List.of(
              "",
              "Exits with 65 if any of them is made of stale data, or is not known for money in"
                  + " another currency.",
              ""),
          "tallyman.budgets/1",
          BudgetRows.PATH,
          List.of(),
          BudgetRows::flat,
          Optional.empty(),
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
          Lists::budget,
          BudgetRows::notes,
          answer ->
              answer.objects("data").stream()
                  .anyMatch(row -> row.flag("stale") || BudgetRows.lacking(row)));

  private static final ListSpec CHANNELS =
      new ListSpec(
          "channels",
          "Shows where people can be told; `channels test` tries it.",
          List.of(),
          "tallyman.channels/1",
          "/api/v1/channels",
          List.of(),
          UnaryOperator.identity(),
          Optional.of(
              "There is no channel; set ALERT_WEBHOOK_URL, or add one under `channels` in"
                  + " tallyman.yaml."),
          List.of("name", "kind", "secret", "format", "usual", "conditions", "disabled"),
          List.of(
              Column.name("CHANNEL"),
              Column.picture("KIND", Column.ALWAYS),
              Column.text("SECRET", 60),
              Column.picture("IS TOLD OF", 70),
              Column.text("STATE", Column.ALWAYS)),
          Lists::channel,
          _ -> List.of(),
          _ -> false);

  private static final ListSpec DELIVERIES =
      new ListSpec(
          "deliveries",
          "Shows what became of each delivery; `redeliver` makes one once more.",
          List.of(),
          "tallyman.deliveries/1",
          "/api/v1/deliveries",
          List.of(
              DAYS,
              Choice.of(
                  "--status",
                  "WORD",
                  String.class,
                  "Only those that are this far: pending, sent, dead, disabled.")),
          Lists::withLast,
          Optional.empty(),
          List.of("alert", "channel", "status", "next_attempt", "count", "last", "outcome"),
          List.of(
              Column.picture("ALERT", Column.ALWAYS),
              Column.name("CHANNEL"),
              Column.picture("STATUS", Column.ALWAYS),
              Column.number("TRIED", 60),
              Column.picture("LAST", 50),
              Column.text("OUTCOME", 80)),
          Lists::delivery,
          _ -> List.of(),
          _ -> false);

  private static final ListSpec FORECASTS =
      new ListSpec(
          "forecast",
          "Shows how the windows of budgets are expected to end, and how sure that is.",
          List.of(
              "",
              "Eight of ten windows end within the band. Where too little is known, nothing is"
                  + " shown.",
              ""),
          "tallyman.forecast/1",
          BudgetRows.FORECASTS,
          List.of(),
          BudgetRows::flat,
          Optional.empty(),
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
          Lists::forecast,
          BudgetRows::notes,
          _ -> false);

  private static final ListSpec MODELS =
      new ListSpec(
          "models",
          "Shows the models that were used, their pool and whether their price is known.",
          List.of(),
          "tallyman.models/1",
          "/api/v1/models",
          List.of(
              Choice.of(
                  "--since", "DATE", LocalDate.class, "The first UTC day (default: 90 days ago)."),
              Choice.of(
                  "--until",
                  "DATE",
                  LocalDate.class,
                  "The UTC day before which it ends (default: tomorrow).")),
          UnaryOperator.identity(),
          Optional.empty(),
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
          Lists::model,
          _ -> List.of(),
          _ -> false);

  static final List<ListSpec> ALL =
      List.of(ALERTS, BUDGETS, CHANNELS, DELIVERIES, FORECASTS, MODELS);

  private Lists() {}

  private static List<String> alert(Json row, View view) {
    String none = Text.none(view.ascii());
    List<String> delivered =
        row.objects("deliveries").stream()
            .map(each -> each.text("channel").orElse("") + " " + each.text("status").orElse(""))
            .toList();
    return List.of(
        Provenance.instant(row, "at").map(at -> Text.time(at, view.now())).orElse(none),
        row.text("severity").orElse(none),
        row.text("headline").orElse(none),
        row.flag("open") ? "open" : "over",
        delivered.isEmpty() ? "to nobody" : String.join(", ", delivered),
        row.text("id").orElse(none));
  }

  private static List<String> channel(Json row, View view) {
    String none = Text.none(view.ascii());
    boolean usual = row.flag("usual");
    boolean conditions = row.flag("conditions");
    return List.of(
        row.text("name").orElse(none),
        row.text("kind").orElse(none),
        row.text("secret").orElse(none),
        usual && conditions
            ? "everything"
            : usual ? "budgets" : conditions ? "conditions" : "what names it",
        row.text("disabled").map(why -> "disabled: " + why).orElse("ready"));
  }

  private static List<String> delivery(Json row, View view) {
    String none = Text.none(view.ascii());
    return List.of(
        row.text("alert").orElse(none),
        row.text("channel").orElse(none),
        row.text("status").orElse(none),
        row.text("count").orElse(none),
        Provenance.instant(row, "last").map(at -> Text.time(at, view.now())).orElse(none),
        row.text("outcome").orElse(none));
  }

  private static List<String> forecast(Json row, View view) {
    return List.of(
        row.text("name").orElseGet(() -> Text.none(view.ascii())),
        BudgetRows.amount(row, "used", view.ascii()),
        BudgetRows.amount(row, "forecast_expected", view.ascii()),
        BudgetRows.amount(row, "forecast_low", view.ascii()),
        BudgetRows.amount(row, "forecast_high", view.ascii()),
        BudgetRows.amount(row, "limit", view.ascii()),
        BudgetRows.lasts(row, view.ascii(), view.now()),
        Provenance.instant(row, "window_end")
            .map(at -> Text.time(at, view.now()))
            .orElseGet(() -> Text.none(view.ascii())));
  }

  private static List<String> model(Json row, View view) {
    String none = Text.none(view.ascii());
    String money = Text.money(row.number("estimated_usd").orElse(null), "usd", view.ascii());
    return List.of(
        row.text("model").orElse(none),
        row.text("group")
            .map(group -> row.flag("known") ? group : group + " (unknown)")
            .orElse(none),
        Text.count(row.number("requests").orElse(null), view.ascii()),
        Text.count(row.number("tokens").orElse(null), view.ascii()),
        row.flag("priced") ? money : "unpriced",
        row.text("last_day").orElse(none));
  }

  private static List<String> budget(Json row, View view) {
    String none = Text.none(view.ascii());
    return List.of(
        row.text("name").orElse(none),
        row.text("state").orElse("unknown") + (row.has("muted_until") ? " (muted)" : ""),
        BudgetRows.amount(row, "used", view.ascii()),
        BudgetRows.amount(row, "limit", view.ascii()),
        row.text("percentage").map(share -> share + "%").orElse(none),
        BudgetRows.pace(row, view.ascii()),
        BudgetRows.amount(row, "forecast_expected", view.ascii()),
        BudgetRows.lasts(row, view.ascii(), view.now()),
        row.text("window").map(window -> window.split("@", 2)[0]).orElse(none));
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
}
