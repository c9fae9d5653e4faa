package dev.tallyman.cli.ask;

import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.show.Csv;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Table;
import dev.tallyman.cli.show.Table.Column;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.cli.show.Text;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A list shown in any form.
 *
 * @param schema of its JSON
 * @param fields of a row in CSV
 * @param columns of the table
 * @param cells of a row in the table
 */
public record Listing(
    String schema, List<String> fields, List<Column> columns, Function<Json, List<String>> cells) {
  public int show(Json answer, OutputOptions reading, Terminal terminal, ProcessContext context) {
    if (reading.json()) {
      Map<String, Object> envelope = new LinkedHashMap<>();
      envelope.put("schema", schema);
      envelope.put("as_of", answer.text("as_of").orElse(null));
      envelope.put("simulated", answer.flag("simulated"));
      envelope.put("data", answer.list("data"));
      reading.print(envelope, terminal);
    } else if (reading.forPerson()) {
      table(answer, terminal, context);
    } else {
      List<List<String>> rows = new ArrayList<>();
      rows.add(fields);
      for (Json row : answer.objects("data")) {
        rows.add(fields.stream().map(field -> field(row, field)).toList());
      }
      terminal.print(rows.stream().map(reading.csv() ? Csv::line : Csv::plain).toList());
    }
    return Exit.OK;
  }

  /** A scalar, or the members of an object as {@code name=value}. */
  private static String field(Json row, String field) {
    return row.text(field)
        .orElseGet(() ->
            String.join(
                " ",
                row.object(field).members().entrySet().stream()
                    .map(member -> member.getKey() + "=" + member.getValue())
                    .toList()));
  }

  private void table(Json answer, Terminal terminal, ProcessContext context) {
    Table table = new Table(columns);
    answer.objects("data").forEach(row -> table.row(cells.apply(row)));
    Instant now = context.now();
    List<String> heading = new ArrayList<>();
    Provenance.instant(answer, "as_of")
        .ifPresent(at ->
            heading.add(
                "as of " + Text.time(at, now) + " (" + Text.age(Duration.between(at, now)) + ")"));
    if (answer.flag("simulated")) {
      heading.add("SIMULATED");
    }
    if (!heading.isEmpty()) {
      terminal.print(Answers.wrapped(String.join(" · ", heading), terminal));
    }
    List<String> lines = table.lines(terminal.width(), terminal.ascii());
    terminal.print(terminal.bold(lines.getFirst()));
    terminal.print(lines.subList(1, lines.size()));
  }
}
