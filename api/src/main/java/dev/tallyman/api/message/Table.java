package dev.tallyman.api.message;

import dev.tallyman.core.Csv;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer as columns and rows, for CSV. */
public final class Table {
  private final List<String> columns;
  private final List<List<@Nullable Object>> rows = new ArrayList<>();

  public Table(List<String> columns) {
    this.columns = List.copyOf(columns);
  }

  /** Adds a row: as many cells as there are columns. */
  public Table row(List<? extends @Nullable Object> cells) {
    if (cells.size() != columns.size()) {
      throw new IllegalArgumentException(cells.size() + " cells for " + columns.size());
    }
    rows.add(Collections.unmodifiableList(new ArrayList<@Nullable Object>(cells)));
    return this;
  }

  public Table row(@Nullable Object... cells) {
    return row(Arrays.asList(cells));
  }

  /**
   * The table as RFC 4180 says, in UTF-8, see {@link Csv}.
   *
   * @throws Problem if it exceeds the bound of an answer
   */
  public dev.tallyman.core.store.Bytes csv() {
    var out = new Json.Bounded();
    line(out, columns);
    for (var row : rows) {
      line(out, row);
    }
    return out.bytes();
  }

  private static void line(Json.Bounded out, List<? extends @Nullable Object> cells) {
    byte[] bytes = (Csv.line(cells) + "\r\n").getBytes(StandardCharsets.UTF_8);
    out.write(bytes, 0, bytes.length);
  }
}
