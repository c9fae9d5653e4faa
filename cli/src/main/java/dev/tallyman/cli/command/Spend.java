package dev.tallyman.cli.command;

import dev.tallyman.cli.ask.Answers;
import dev.tallyman.cli.ask.Ask;
import dev.tallyman.cli.ask.MetricOptions;
import dev.tallyman.cli.ask.OutputOptions;
import dev.tallyman.cli.ask.Provenance;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Csv;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Sparkline;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what was spent, or used, by any dimension over any range. */
@Command(
    name = "spend",
    header = "Shows what was spent, by any dimension over any range.",
    description = {
      "",
      "Money is the bill where there is one and an estimate from usage where there is not yet.",
      "Every number is exact in --json and --csv.",
      ""
    })
public final class Spend implements Callable<Integer> {
  static final String SCHEMA = "tallyman.spend/1";

  private static final DateTimeFormatter HOURS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

  /** Rows beside those that are shown: what is first by money need not be so by tokens. */
  private static final int MANY = 100;

  private final ProcessContext context;
  @Mixin private final OutputOptions reading = new OutputOptions();
  @Mixin private final MetricOptions wanted = new MetricOptions();

  @Option(
      names = "--chart",
      description = "Draw a bar for the total of each bucket in place of the table.")
  private boolean chart;

  public Spend(ProcessContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    wanted.check();
    Terminal terminal = reading.terminal(context);
    return reading.answer(
        context,
        SCHEMA,
        ask -> {
          if (!reading.forPerson()) {
            return data(ask, terminal);
          }
          return chart ? chart(ask, terminal) : table(ask, terminal);
        });
  }

  private int data(Ask ask, Terminal terminal) {
    Json answer = reading.get(ask, MetricOptions.QUERY, wanted.parameters());
    if (reading.json()) {
      reading.print(json(answer), terminal);
    } else {
      terminal.print(lines(answer));
      Provenance.of(answer).remarks(context.now()).forEach(terminal::tell);
    }
    return Answers.exit(answer);
  }

  private Map<String, Object> json(Json answer) {
    Map<String, Object> envelope = Provenance.of(answer).envelope(SCHEMA);
    envelope.put("total", answer.object("total").text("total").orElse(null));
    for (String name :
        List.of("parts", "complete_since", "unpriced", "why_unpriced", "notes", "query")) {
      answer.value(name).ifPresent(value -> envelope.put(name, value));
    }
    boolean buckets = wanted.granularity().isPresent();
    if (buckets) {
      envelope.put("buckets", answer.list("buckets"));
    }
    List<Map<String, Object>> data = new ArrayList<>();
    for (Json series : answer.objects("series")) {
      Map<String, Object> row = new LinkedHashMap<>();
      for (String dimension : wanted.by()) {
        row.put(dimension, series.object("keys").text(dimension).orElse(null));
        series
            .object("names")
            .text(dimension)
            .ifPresent(name -> row.put(dimension + "_name", name));
      }
      row.put("total", series.text("total").orElse(null));
      if (buckets) {
        row.put("values", series.list("values"));
      }
      data.add(row);
    }
    envelope.put("data", data);
    if (answer.has("other")) {
      Json other = answer.object("other");
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("total", other.text("total").orElse(null));
      if (buckets) {
        row.put("values", other.list("values"));
      }
      envelope.put("other", row);
    }
    return envelope;
  }

  /** A line of CSV or of plain values for each row, or for each row and bucket. */
  private List<String> lines(Json answer) {
    List<String> heading = new ArrayList<>();
    if (wanted.granularity().isPresent()) {
      heading.add("start");
    }
    for (String dimension : wanted.by()) {
      heading.add(dimension);
      heading.add(dimension + "_name");
    }
    heading.add(wanted.metric());
    if (wanted.money()) {
      heading.add("currency");
    }
    List<String> lines = new ArrayList<>();
    lines.add(line(heading));
    String currency = answer.text("currency").orElse("usd");
    for (Json series : answer.objects("series")) {
      List<String> keys = new ArrayList<>();
      for (String dimension : wanted.by()) {
        keys.add(series.object("keys").text(dimension).orElse(""));
        keys.add(series.object("names").text(dimension).orElse(""));
      }
      add(answer, series, keys, currency, lines);
    }
    if (answer.has("other")) {
      List<String> keys = new ArrayList<>();
      for (int i = 0; i < wanted.by().size(); i++) {
        keys.add("(other)");
        keys.add("");
      }
      add(answer, answer.object("other"), keys, currency, lines);
    }
    return lines;
  }

  private void add(
      Json answer, Json series, List<String> keys, String currency, List<String> lines) {
    List<String> starts = answer.texts("buckets");
    List<Optional<BigDecimal>> values =
        wanted.granularity().isPresent()
            ? series.numbers("values")
            : List.of(series.number("total"));
    for (int i = 0; i < values.size(); i++) {
      List<String> fields = new ArrayList<>();
      if (wanted.granularity().isPresent()) {
        fields.add(i < starts.size() ? starts.get(i) : "");
      }
      fields.addAll(keys);
      fields.add(values.get(i).map(BigDecimal::toPlainString).orElse(""));
      if (wanted.money()) {
        fields.add(currency);
      }
      lines.add(line(fields));
    }
  }

  private String line(List<String> fields) {
    return reading.csv() ? Csv.line(fields) : Csv.plain(fields);
  }

  private Json buckets(Ask ask) {
    Optional<String> width = wanted.granularity();
    return width.isPresent()
        ? reading.get(ask, MetricOptions.QUERY, wanted.parameters(width.get()))
        : curve(ask);
  }

  private int chart(Ask ask, Terminal terminal) {
    Json answer = buckets(ask);
    boolean ascii = terminal.ascii();
    Provenance provenance = Provenance.of(answer);
    Json query = answer.object("query");
    ZoneId zone = ZoneId.of(query.text("zone").orElse("UTC"));
    boolean hours = Set.of("hour", "minute").contains(query.text("granularity").orElse(""));
    DateTimeFormatter format = hours ? HOURS : DateTimeFormatter.ISO_LOCAL_DATE;
    List<String> starts = answer.texts("buckets");
    List<Optional<BigDecimal>> values = answer.object("total").numbers("values");
    BigDecimal most =
        values.stream().flatMap(Optional::stream).reduce(BigDecimal.ZERO, BigDecimal::max);
    boolean going =
        provenance
            .asOf()
            .flatMap(asOf -> Provenance.instant(query, "until").map(end -> !end.isBefore(asOf)))
            .orElse(false);
    List<String> labels = new ArrayList<>();
    List<String> amounts = new ArrayList<>();
    List<String> bars = new ArrayList<>();
    for (int i = 0; i < Math.min(starts.size(), values.size()); i++) {
      String start = format.format(Instant.parse(starts.get(i)).atZone(zone));
      labels.add(going && i == starts.size() - 1 ? start + " so far" : start);
      amounts.add(amount(values.get(i), provenance, ascii));
    }
    labels.add("TOTAL");
    amounts.add(amount(answer.object("total").number("total"), provenance, ascii));
    int room = terminal.width() - widest(labels) - widest(amounts) - 2 * Table.GAP.length();
    values.forEach(value -> bars.add(Sparkline.bar(value, most, room, ascii)));
    bars.add("");
    Table table =
        new Table(
            List.of(
                new Column("", false, Column.ALWAYS, false),
                Column.number("", Column.ALWAYS),
                Column.picture("", Column.ALWAYS)));
    for (int i = 0; i < labels.size(); i++) {
      table.row(List.of(labels.get(i), amounts.get(i), bars.get(i)));
    }
    heading(answer, provenance, terminal);
    List<String> lines = table.lines(terminal.width(), ascii);
    terminal.print(lines.subList(1, lines.size()));
    return end(answer, provenance, terminal);
  }

  private static int widest(List<String> texts) {
    return texts.stream().mapToInt(Text::width).max().orElse(0);
  }

  private String amount(Optional<BigDecimal> value, Provenance provenance, boolean ascii) {
    return wanted.money()
        ? Text.money(value.orElse(null), provenance.currency(), ascii)
        : Text.count(value.orElse(null), ascii);
  }

  private void heading(Json answer, Provenance provenance, Terminal terminal) {
    String organization = Answers.organization(answer, reading);
    String days = answer.object("query").text("zone").orElse("UTC");
    terminal.print(
        Answers.wrapped(provenance.heading(organization, days, context.now()), terminal));
  }

  /** Tells of which parts the money is made and what else is to be known. */
  private int end(Json answer, Provenance provenance, Terminal terminal) {
    boolean ascii = terminal.ascii();
    Json parts = answer.object("parts");
    Optional<BigDecimal> billed = parts.number("billed");
    Optional<BigDecimal> estimated = parts.number("estimated");
    if (wanted.money() && billed.isPresent() && estimated.isPresent()) {
      terminal.print(
          "billed "
              + amount(billed, provenance, ascii)
              + " + estimated "
              + amount(estimated, provenance, ascii));
    }
    provenance.remarks(context.now()).forEach(line -> terminal.warn(line));
    return Answers.exit(answer);
  }

  private int table(Ask ask, Terminal terminal) {
    Json answer = buckets(ask);
    boolean money = wanted.money();
    boolean ascii = terminal.ascii();
    Provenance provenance = Provenance.of(answer);
    Optional<Comparison> before = comparison(ask, answer);
    Map<String, Optional<Json>> tokens = new LinkedHashMap<>();
    if (money) {
      for (String each : List.of("tokens_in", "tokens_cached", "tokens_out")) {
        tokens.put(
            each, reading.tryGet(ask, MetricOptions.QUERY, wanted.parameters(each, "all", MANY)));
      }
    }
    List<Column> columns = new ArrayList<>();
    for (String dimension : wanted.by()) {
      columns.add(Column.name(heading(dimension)));
    }
    boolean withTokens = tokens.values().stream().anyMatch(Optional::isPresent);
    if (withTokens) {
      columns.add(Column.number("TOKENS IN", 40));
      columns.add(Column.number("CACHED", 20));
      columns.add(Column.number("TOKENS OUT", 30));
    }
    columns.add(Column.number(money ? "SPEND" : heading(wanted.metric()), Column.ALWAYS));
    columns.add(Column.number("CHANGE", 50));
    int buckets = answer.list("buckets").size();
    String curve = buckets + " " + heading(answer.object("query").text("granularity").orElse(""));
    columns.add(Column.picture(buckets == 1 ? "" : curve + "S", buckets == 1 ? 0 : 45));
    columns.add(Column.number("SHARE", 60));
    columns.add(Column.picture("", 10));
    Table table = new Table(columns);
    BigDecimal total = answer.object("total").number("total").orElse(BigDecimal.ZERO);
    List<Json> rows = new ArrayList<>(answer.objects("series"));
    if (answer.has("other")) {
      rows.add(answer.object("other"));
    }
    rows.add(answer.object("total"));
    int index = 0;
    for (Json row : rows) {
      boolean isTotal = ++index == rows.size();
      boolean isOther = !isTotal && answer.has("other") && index == rows.size() - 1;
      List<String> cells = new ArrayList<>();
      for (int d = 0; d < wanted.by().size(); d++) {
        String otherwise = d > 0 ? "" : isTotal ? "TOTAL" : "other";
        cells.add(isTotal || isOther ? otherwise : Answers.label(row, wanted.by().get(d), ascii));
      }
      Optional<BigDecimal> value = row.number("total");
      if (withTokens) {
        Optional<BigDecimal> in =
            same(tokens.getOrDefault("tokens_in", Optional.empty()), row, isTotal, isOther);
        Optional<BigDecimal> cached =
            same(tokens.getOrDefault("tokens_cached", Optional.empty()), row, isTotal, isOther);
        cells.add(Text.count(in.orElse(null), ascii));
        cells.add(Text.share(cached.orElse(null), in.orElse(null), ascii));
        cells.add(
            Text.count(
                same(tokens.getOrDefault("tokens_out", Optional.empty()), row, isTotal, isOther)
                    .orElse(null),
                ascii));
      }
      cells.add(amount(value, provenance, ascii));
      cells.add(
          Text.change(
              before
                  .flatMap(b -> same(Optional.of(b.before()), row, isTotal, isOther))
                  .orElse(null),
              before.flatMap(b -> b.now(row)).orElse(null),
              ascii));
      cells.add(buckets == 1 ? "" : Sparkline.line(row.numbers("values"), 31, ascii));
      cells.add(isTotal ? "" : Text.share(value.orElse(null), total, ascii));
      cells.add(isTotal ? "" : Sparkline.bar(value, total, 8, ascii));
      table.row(cells);
    }
    heading(answer, provenance, terminal);
    List<String> lines = table.lines(terminal.width(), ascii);
    terminal.print(terminal.bold(lines.getFirst()));
    terminal.print(lines.subList(1, lines.size()));
    return end(answer, provenance, terminal);
  }

  /** The answer by days or, for a short range, by hours. */
  private Json curve(Ask ask) {
    Optional<Json> days = reading.tryGet(ask, MetricOptions.QUERY, wanted.parameters("day"));
    if (days.isEmpty()) {
      return reading.get(ask, MetricOptions.QUERY, wanted.parameters("all"));
    }
    if (days.get().list("buckets").size() > 2) {
      return days.get();
    }
    return reading
        .tryGet(ask, MetricOptions.QUERY, wanted.parameters("hour"))
        .filter(hours ->
            hours.object("total").text("total").equals(days.get().object("total").text("total")))
        .orElseGet(days::get);
  }

  /**
   * The days of an answer that are over, beside as many days before: a day that goes on would make
   * every change look like a fall.
   */
  private Optional<Comparison> comparison(Ask ask, Json answer) {
    Json query = answer.object("query");
    List<Instant> starts = answer.texts("buckets").stream().map(Instant::parse).toList();
    Optional<Instant> asOf = Provenance.instant(answer, "as_of");
    if (starts.isEmpty()
        || asOf.isEmpty()
        || !query.text("granularity").equals(Optional.of("day"))) {
      return Optional.empty();
    }
    ZoneId zone = ZoneId.of(query.text("zone").orElse("UTC"));
    ZonedDateTime last = starts.getLast().atZone(zone);
    boolean over = !last.plusDays(1).toInstant().isAfter(asOf.get());
    int days = over ? starts.size() : starts.size() - 1;
    ZonedDateTime first = starts.getFirst().atZone(zone);
    List<Map.Entry<String, String>> parameters = wanted.anyTime("all", MANY);
    parameters.add(Map.entry("since", first.minusDays(days).toInstant().toString()));
    parameters.add(Map.entry("until", first.toInstant().toString()));
    return days == 0
        ? Optional.empty()
        : reading
            .tryGet(ask, MetricOptions.QUERY, parameters)
            .filter(before -> !Provenance.gap(before))
            .map(before -> new Comparison(before, days));
  }

  /**
   * What to compare with.
   *
   * @param before the answer for the days before
   * @param days how many days of this answer it is about
   */
  private record Comparison(Json before, int days) {
    private Optional<BigDecimal> now(Json row) {
      List<Optional<BigDecimal>> values = row.numbers("values");
      return values.subList(0, Math.min(days, values.size())).stream()
          .flatMap(Optional::stream)
          .reduce(BigDecimal::add);
    }
  }

  /** What another answer says of the same row; unknown for rows that it added up into others. */
  private Optional<BigDecimal> same(
      Optional<Json> answer, Json row, boolean isTotal, boolean isOther) {
    if (answer.isEmpty() || isOther) {
      return Optional.empty();
    }
    if (isTotal) {
      return answer.get().object("total").number("total");
    }
    Map<String, Object> keys = row.object("keys").members();
    Optional<BigDecimal> found =
        answer.get().objects("series").stream()
            .filter(series -> series.object("keys").members().equals(keys))
            .findFirst()
            .flatMap(series -> series.number("total"));
    boolean complete = !answer.get().has("other");
    return found.or(() -> complete ? Optional.of(BigDecimal.ZERO) : Optional.empty());
  }

  private static String heading(String name) {
    return name.toUpperCase(Locale.ROOT).replace('_', ' ');
  }
}
