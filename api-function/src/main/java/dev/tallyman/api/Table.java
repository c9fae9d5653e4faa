package dev.tallyman.api;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An answer as columns and rows, for CSV. */
final class Table {
  private final List<String> columns;
  private final List<List<@Nullable Object>> rows = new ArrayList<>();

  Table(List<String> columns) {
    this.columns = List.copyOf(columns);
  }

  /** Adds a row: as many cells as there are columns. */
  Table row(List<? extends @Nullable Object> cells) {
    if (cells.size() != columns.size()) {
      throw new IllegalArgumentException(cells.size() + " cells for " + columns.size());
    }
    rows.add(Collections.unmodifiableList(new ArrayList<@Nullable Object>(cells)));
    return this;
  }

  Table row(@Nullable Object... cells) {
    return row(Arrays.asList(cells));
  }

  /**
   * The table as RFC 4180 says, in UTF-8. A text that a spreadsheet would take for a formula is
   * given an apostrophe in front (OWASP, CSV injection); numbers are left as they are.
   *
   * @throws Problem if it exceeds the bound of an answer
   */
  dev.tallyman.core.store.Bytes csv() {
    var out = new Json.Bounded();
    line(out, columns);
    for (var row : rows) {
      line(out, row);
    }
    return out.bytes();
  }

  private static void line(Json.Bounded out, List<? extends @Nullable Object> cells) {
    var line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      if (i > 0) {
        line.append(',');
      }
      line.append(cell(cells.get(i)));
    }
    byte[] bytes = line.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
    out.write(bytes, 0, bytes.length);
  }

  private static String cell(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case Optional<?> optional -> cell(optional.orElse(null));
      case BigDecimal number -> number.toPlainString();
      case Number number -> number.toString();
      default -> quoted(harmless(value.toString()));
    };
  }

  private static String harmless(String text) {
    return !text.isEmpty() && "=+-@\t\r\n＝＋－＠".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
  }

  private static String quoted(String text) {
    return text.chars().anyMatch(c -> c == '"' || c == ',' || c == '\r' || c == '\n')
        ? '"' + text.replace("\"", "\"\"") + '"'
        : text;
  }
}
