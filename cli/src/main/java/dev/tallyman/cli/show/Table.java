package dev.tallyman.cli.show;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows under headings, without borders, as wide as the terminal at most: a column is dropped, least
 * important first, rather than a number cut; only the columns that say so are shortened.
 */
public final class Table {
  public static final String GAP = "  ";
  private static final int SHORTEST = 12;

  /** A name is not made shorter than this for the sake of a column that can be spared. */
  private static final int TELLING = 24;

  private final List<Column> columns;
  private final List<List<String>> rows = new ArrayList<>();

  public Table(List<Column> columns) {
    this.columns = List.copyOf(columns);
  }

  /** Adds a row, a cell for each column; what a terminal could take for a command is defused. */
  public void row(List<String> cells) {
    if (cells.size() != columns.size()) {
      throw new IllegalArgumentException(
          cells.size() + " cells for " + columns.size() + " columns");
    }
    rows.add(cells.stream().map(Text::safe).toList());
  }

  /** The lines, none longer than {@code width} columns, unless the most important need more. */
  public List<String> lines(int width, boolean ascii) {
    List<Integer> kept = new ArrayList<>(IntStream.range(0, columns.size()).boxed().toList());
    int[] widths = new int[columns.size()];
    for (int c = 0; c < widths.length; c++) {
      widths[c] = Text.width(columns.get(c).heading());
      for (List<String> row : rows) {
        widths[c] = Math.max(widths[c], Text.width(row.get(c)));
      }
    }
    while (excess(kept, widths, width) > 0 && !fitsShortened(kept, widths, width)) {
      Integer least =
          kept.stream()
              .filter(c -> columns.get(c).importance() < Column.ALWAYS)
              .min(Comparator.comparingInt(c -> columns.get(c).importance()))
              .orElse(null);
      if (least == null) {
        break;
      }
      kept.removeIf(least::equals);
    }
    shorten(kept, widths, width);
    List<String> lines = new ArrayList<>();
    lines.add(line(columns.stream().map(Column::heading).toList(), kept, widths, ascii));
    rows.forEach(row -> lines.add(line(row, kept, widths, ascii)));
    return lines;
  }

  private static int excess(List<Integer> kept, int[] widths, int width) {
    int total = (kept.size() - 1) * GAP.length();
    for (int c : kept) {
      total += widths[c];
    }
    return total - width;
  }

  private boolean fitsShortened(List<Integer> kept, int[] widths, int width) {
    int spare = 0;
    for (int c : kept) {
      if (columns.get(c).shortens()) {
        spare += Math.max(0, widths[c] - TELLING);
      }
    }
    return excess(kept, widths, width) <= spare;
  }

  private void shorten(List<Integer> kept, int[] widths, int width) {
    for (int excess = excess(kept, widths, width); excess > 0; excess--) {
      Integer longest =
          kept.stream()
              .filter(c -> columns.get(c).shortens() && widths[c] > SHORTEST)
              .max(Comparator.comparingInt(c -> widths[c]))
              .orElse(null);
      if (longest == null) {
        return;
      }
      widths[longest]--;
    }
  }

  private String line(List<String> cells, List<Integer> kept, int[] widths, boolean ascii) {
    StringBuilder line = new StringBuilder();
    for (int c : kept) {
      String cell = cells.get(c);
      if (columns.get(c).shortens()) {
        cell = Text.shorten(cell, widths[c], ascii);
      }
      String pad = " ".repeat(Math.max(0, widths[c] - Text.width(cell)));
      line.append(line.isEmpty() ? "" : GAP)
          .append(columns.get(c).right() ? pad + cell : cell + pad);
    }
    return line.toString().stripTrailing();
  }

  /**
   * One column.
   *
   * @param right whether its cells end where it ends, as numbers do
   * @param importance the least important goes first; {@link #ALWAYS} stays
   * @param shortens whether its cells may lose their ends: names, never numbers
   */
  public record Column(String heading, boolean right, int importance, boolean shortens) {
    public static final int ALWAYS = 100;

    public static Column name(String heading) {
      return new Column(heading, false, ALWAYS, true);
    }

    public static Column text(String heading, int importance) {
      return new Column(heading, false, importance, true);
    }

    public static Column number(String heading, int importance) {
      return new Column(heading, true, importance, false);
    }

    public static Column picture(String heading, int importance) {
      return new Column(heading, false, importance, false);
    }
  }
}
