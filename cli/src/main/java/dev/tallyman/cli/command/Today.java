package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.Answers;
import dev.tallyman.cli.ask.Ask;
import dev.tallyman.cli.ask.MetricOptions;
import dev.tallyman.cli.ask.OutputOptions;
import dev.tallyman.cli.ask.Provenance;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Csv;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Table;
import dev.tallyman.cli.show.Table.Column;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.cli.show.Text;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows today, the month to date, where the month is heading and which budgets will not last. */
@Command(
    name = "today",
    header = "Shows today, the month to date, its pace, budgets in deficit and the daily pools.")
public class Today implements Callable<Integer> {
  static final String SCHEMA = "tallyman.today/1";

  /** What it all fits into, beside what is told to a person on the side. */
  private static final int LINES = 12;

  /** What a line needs beside the name of a model or project. */
  private static final int BESIDE_NAME = 38;

  /** What stands between two pieces, and so not after the last one. */
  private static final Pattern SEPARATOR = Pattern.compile("(,|;| ·)$");

  private static final DateTimeFormatter MONTH =
      DateTimeFormatter.ofPattern("MMMM", Locale.ENGLISH);

  private final ProcessContext context;
  @Mixin private final OutputOptions reading = new OutputOptions();

  @Option(
      names = "--zone",
      description = "The time zone of days, such as Europe/Rome (default: UTC).")
  private Optional<String> zone = Optional.empty();

  public Today(ProcessContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Terminal terminal = reading.terminal(context);
    return reading.answer(context, SCHEMA, ask -> tell(ask, terminal));
  }

  final ProcessContext context() {
    return context;
  }

  final OutputOptions reading() {
    return reading;
  }

  /** Asks, and shows the answer there. */
  final int tell(Ask ask, Terminal terminal) {
    Json today = query(ask, "model", "today", Optional.empty());
    Json month = query(ask, "project", "mtd", Optional.empty());
    Json yesterday = query(ask, "model", "yesterday", Optional.of("today"));
    Optional<Instant> monthStart = Provenance.instant(month.object("query"), "since");
    ZoneId days = ZoneId.of(month.object("query").text("zone").orElse("UTC"));
    Optional<Json> lastMonth =
        monthStart.map(start ->
            query(
                ask,
                "project",
                start.atZone(days).minusMonths(1).toInstant().toString(),
                Optional.of(start.toString())));
    Json pools = reading.get(ask, "/api/usage", List.of());
    List<Json> budgets =
        BudgetRows.flat(reading.all(ask, BudgetRows.PATH, List.of())).objects("data");
    Json forecast = reading.get(ask, BudgetRows.FORECASTS, List.of(Map.entry("limit", "1")));
    Facts facts =
        new Facts(today, month, yesterday, lastMonth, pools, budgets, forecast.object("month"));
    if (reading.json()) {
      reading.print(json(facts), terminal);
    } else if (reading.forPerson()) {
      show(facts, terminal, days, monthStart);
    } else {
      terminal.print(lines(facts));
      remarks(facts).forEach(terminal::tell);
    }
    return Math.max(Answers.exit(today), Answers.exit(month));
  }

  private Json query(Ask ask, String by, String since, Optional<String> until) {
    List<Map.Entry<String, String>> parameters = new ArrayList<>();
    parameters.add(Map.entry("metric", "cost"));
    parameters.add(Map.entry("by", by));
    parameters.add(Map.entry("since", since));
    until.ifPresent(end -> parameters.add(Map.entry("until", end)));
    parameters.add(Map.entry("granularity", "all"));
    zone.ifPresent(value -> parameters.add(Map.entry("zone", value)));
    parameters.add(Map.entry("top", "3"));
    return reading.get(ask, MetricOptions.QUERY, parameters);
  }

  /**
   * What was asked for.
   *
   * @param projection of the month of UTC, as all of Tallyman says it
   */
  record Facts(
      Json today,
      Json month,
      Json yesterday,
      Optional<Json> lastMonth,
      Json pools,
      List<Json> budgets,
      Json projection) {
    /** What the month of UTC is expected to come to; empty where too little is known. */
    Optional<BigDecimal> pace() {
      return projection.object("forecast").number("expected");
    }

    /** The budgets that will not last at this pace, or are used up, the worst first. */
    List<Json> deficits() {
      return budgets.stream()
          .filter(budget ->
              budget.text("pace_standing").equals(Optional.of("ahead"))
                  || budget.text("state").equals(Optional.of("exceeded")))
          .sorted(Comparator.comparing(Facts::excess).reversed())
          .toList();
    }

    private static BigDecimal excess(Json budget) {
      return budget.number("pace_percentage").map(BigDecimal::abs).orElse(BigDecimal.ZERO);
    }
  }

  /** What must be known beside the numbers, a line each, each once. */
  private Collection<String> remarks(Facts facts) {
    Collection<String> lines =
        new LinkedHashSet<>(Provenance.of(facts.today()).remarks(context.now()));
    notes("Month to date", facts.month(), lines);
    notes("Yesterday", facts.yesterday(), lines);
    facts.lastMonth().ifPresent(month -> notes("Last month", month, lines));
    facts.projection().text("note").ifPresent(note -> lines.add("Pace: " + Text.safe(note)));
    lines.addAll(BudgetRows.notes(new Json(Map.of("data", rows(facts.budgets())))));
    return lines;
  }

  private static List<Map<String, Object>> rows(List<Json> all) {
    return all.stream().map(Json::members).toList();
  }

  private static void notes(String of, Json answer, Collection<String> lines) {
    for (String note : answer.texts("notes")) {
      String line = Text.safe(note);
      if (!lines.contains(line)) {
        lines.add(of + ": " + line);
      }
    }
  }

  static Optional<BigDecimal> total(Json answer) {
    return answer.object("total").number("total");
  }

  /** Shows the facts to a person. */
  void show(Facts facts, Terminal terminal, ZoneId days, Optional<Instant> monthStart) {
    boolean ascii = terminal.ascii();
    Provenance provenance = Provenance.of(facts.today());
    String currency = provenance.currency();
    Instant now = context.now();
    List<String> heading =
        Answers.wrapped(
            provenance.heading(Answers.organization(facts.today(), reading), days.getId(), now),
            terminal);
    terminal.print(heading);
    List<Row> rows = new ArrayList<>();
    rows.add(
        new Row(
            "TODAY",
            money(total(facts.today()), currency, ascii),
            List.of("yesterday " + money(total(facts.yesterday()), currency, ascii))));
    Json parts = facts.month().object("parts");
    rows.add(
        new Row(
            "MONTH TO DATE",
            money(total(facts.month()), currency, ascii),
            List.of(
                "billed " + money(parts.number("billed"), currency, ascii),
                "+ estimated " + money(parts.number("estimated"), currency, ascii))));
    ZonedDateTime first = monthStart.orElse(now).atZone(days);
    rows.add(
        new Row(
            "PACE",
            money(facts.pace(), currency, ascii),
            List.of(
                "by the end of " + MONTH.format(first) + ";",
                MONTH.format(first.minusMonths(1))
                    + " was "
                    + money(facts.lastMonth().flatMap(Today::total), currency, ascii))));
    rows.add(budgets(facts, terminal));
    pools(facts.pools())
        .forEach((name, pool) ->
            rows.add(
                new Row(
                    name.toUpperCase(Locale.ROOT),
                    Text.share(
                        pool.number("used").orElse(null), pool.number("limit").orElse(null), ascii),
                    List.of(
                        Text.count(pool.number("used").orElse(null), ascii)
                            + " of "
                            + Text.count(pool.number("limit").orElse(null), ascii),
                        "tokens of today, UTC"))));
    rows.add(new Row("TOP MODELS", "", top(facts.today(), "model", currency, terminal)));
    rows.add(new Row("TOP PROJECTS", "", top(facts.month(), "project", currency, terminal)));
    int room =
        terminal.width()
            - rows.stream().mapToInt(row -> Text.width(row.name())).max().orElse(0)
            - rows.stream().mapToInt(row -> Text.width(row.value())).max().orElse(0)
            - 2 * Table.GAP.length();
    Table table =
        new Table(
            List.of(
                new Column("", false, Column.ALWAYS, false),
                Column.number("", Column.ALWAYS),
                Column.text("", Column.ALWAYS)));
    lines(rows, room, LINES - heading.size()).forEach(table::row);
    List<String> lines = table.lines(terminal.width(), ascii);
    terminal.print(lines.subList(1, lines.size()));
    remarks(facts).forEach(terminal::warn);
  }

  private static Row budgets(Facts facts, Terminal terminal) {
    boolean ascii = terminal.ascii();
    if (facts.budgets().isEmpty()) {
      return new Row("BUDGETS", Text.none(ascii), List.of("none is set"));
    }
    List<Json> deficits = facts.deficits();
    String count = deficits.size() + " of " + facts.budgets().size();
    List<String> parts = new ArrayList<>();
    for (Json budget : deficits) {
      String standing = BudgetRows.pace(budget, ascii);
      String name = budget.text("name").orElseGet(() -> Text.none(ascii));
      parts.add(
          Text.shorten(name, terminal.width() - BESIDE_NAME, ascii)
              + " "
              + budget
                  .text("percentage")
                  .map(share -> share + "%")
                  .orElseGet(() -> Text.none(ascii))
              + ",");
      parts.add((standing.endsWith("deficit") ? standing : "exceeded") + (ascii ? ";" : " ·"));
    }
    if (parts.isEmpty()) {
      parts.add("in deficit");
    }
    long unknown = facts.budgets().stream().filter(BudgetRows::lacking).count();
    if (unknown > 0) {
      parts.add((ascii ? "; " : "· ") + unknown + " not known");
    }
    return new Row("BUDGETS", count, parts);
  }

  /** The cells of the rows on at most so many lines: the last ones are the first to lose pieces. */
  private static List<List<String>> lines(List<Row> rows, int room, int most) {
    List<Row> kept = new ArrayList<>(rows);
    int excess = rows.stream().mapToInt(row -> row.lines(room).size()).sum() - most;
    for (int i = kept.size() - 1; i >= 0 && excess > 0; i--) {
      Row row = kept.get(i);
      while (excess > 0 && row.lines(room).size() > 1) {
        int before = row.lines(room).size();
        row = row.shorter();
        excess -= before - row.lines(room).size();
      }
      kept.set(i, row);
    }
    return kept.stream().flatMap(row -> row.lines(room).stream()).toList();
  }

  /**
   * A fact and what is to be said of it.
   *
   * @param told in pieces, none of which is broken, so that no number is cut
   */
  private record Row(String name, String value, List<String> told) {
    /** The same without the last piece. */
    private Row shorter() {
      return new Row(name, value, told.subList(0, told.size() - 1));
    }

    /** The cells of as many lines as it takes. */
    private List<List<String>> lines(int room) {
      List<List<String>> lines = new ArrayList<>();
      String line = "";
      for (String piece : told) {
        String longer = line.isEmpty() ? piece : line + " " + piece;
        if (!line.isEmpty() && Text.width(longer) > room) {
          lines.add(cells(line, lines.isEmpty()));
          longer = piece;
        }
        line = longer;
      }
      lines.add(cells(SEPARATOR.matcher(line).replaceFirst(""), lines.isEmpty()));
      return lines;
    }

    private List<String> cells(String line, boolean first) {
      return first ? List.of(name, value, line) : List.of("", "", line);
    }
  }

  private static String money(Optional<BigDecimal> amount, String currency, boolean ascii) {
    return Text.money(amount.orElse(null), currency, ascii);
  }

  private static List<String> top(
      Json answer, String dimension, String currency, Terminal terminal) {
    boolean ascii = terminal.ascii();
    int longest = terminal.width() - BESIDE_NAME;
    List<String> parts = new ArrayList<>();
    for (Json series : answer.objects("series")) {
      String amount = money(series.number("total"), currency, ascii);
      String label = Text.shorten(Answers.label(series, dimension, ascii), longest, ascii);
      parts.add(label + " " + amount + (ascii ? "," : " ·"));
    }
    return parts.isEmpty() ? List.of(Text.none(ascii)) : parts;
  }

  /** The pools that the answer has, by name. */
  static Map<String, Json> pools(Json usage) {
    Map<String, Json> pools = new LinkedHashMap<>();
    for (String name : usage.members().keySet()) {
      Json pool = usage.object(name);
      if (pool.has("used") && pool.has("limit")) {
        pools.put(name, pool);
      }
    }
    return pools;
  }

  private Map<String, Object> json(Facts facts) {
    Map<String, Object> envelope = Provenance.of(facts.today()).envelope(SCHEMA);
    envelope.put("total", text(total(facts.today())));
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("today", text(total(facts.today())));
    data.put("yesterday", text(total(facts.yesterday())));
    data.put("month_to_date", text(total(facts.month())));
    facts.month().value("parts").ifPresent(parts -> data.put("month_to_date_parts", parts));
    facts
        .month()
        .value("other_currencies")
        .ifPresent(others -> data.put("month_to_date_other_currencies", others));
    data.put("notes", List.copyOf(remarks(facts)));
    data.put("pace", text(facts.pace()));
    data.put("last_month", text(facts.lastMonth().flatMap(Today::total)));
    Map<String, Object> pools = new LinkedHashMap<>();
    pools(facts.pools())
        .forEach((name, pool) -> {
          Map<String, Object> members = new LinkedHashMap<>();
          members.put("used", pool.value("used").orElse(null));
          members.put("limit", pool.value("limit").orElse(null));
          pools.put(name, members);
        });
    data.put("pools", pools);
    data.put("budgets", facts.budgets().size());
    data.put("budgets_in_deficit", facts.deficits().stream().map(Json::members).toList());
    data.put("top_models", top(facts.today(), "model"));
    data.put("top_projects", top(facts.month(), "project"));
    envelope.put("data", data);
    return envelope;
  }

  private static List<Map<String, Object>> top(Json answer, String dimension) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Json series : answer.objects("series")) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put(dimension, series.object("keys").text(dimension).orElse(null));
      series.object("names").text(dimension).ifPresent(name -> row.put("name", name));
      row.put("total", series.text("total").orElse(null));
      rows.add(row);
    }
    return rows;
  }

  private static String text(Optional<BigDecimal> amount) {
    return amount.map(BigDecimal::toPlainString).orElse("");
  }

  private List<String> lines(Facts facts) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("what", "value"));
    rows.add(List.of("today", text(total(facts.today()))));
    rows.add(List.of("yesterday", text(total(facts.yesterday()))));
    rows.add(List.of("month_to_date", text(total(facts.month()))));
    rows.add(List.of("pace", text(facts.pace())));
    rows.add(List.of("last_month", text(facts.lastMonth().flatMap(Today::total))));
    pools(facts.pools())
        .forEach((name, pool) -> rows.add(List.of(name + "_tokens", pool.text("used").orElse(""))));
    rows.add(List.of("budgets_in_deficit", Integer.toString(facts.deficits().size())));
    return rows.stream().map(reading.csv() ? Csv::line : Csv::plain).toList();
  }
}
