package dev.tallyman.core.ledger;

import java.util.HashMap;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A column of texts by a dictionary: few different texts, a small number per row. What is computed
 * from a text is computed once for each different one.
 */
public final class Codes {
  private final @Nullable String[] dictionary;
  private final int[] rows;

  /**
   * A column.
   *
   * @param dictionary the different texts; null for rows without one. Not copied.
   * @param rows for each row the place of its text in the dictionary. Not copied.
   */
  public Codes(@Nullable String[] dictionary, int[] rows) {
    this.dictionary = dictionary;
    this.rows = rows;
  }

  /** The column that a function finds in these rows. */
  public static <R> Codes of(List<R> rows, Function<R, @Nullable String> column) {
    var known = new HashMap<@Nullable String, Integer>();
    var of = new int[rows.size()];
    for (int i = 0; i < of.length; i++) {
      String text = column.apply(rows.get(i));
      Integer code = known.get(text);
      if (code == null) {
        code = known.size();
        known.put(text, code);
      }
      of[i] = code;
    }
    var dictionary = new @Nullable String[known.size()];
    known.forEach((text, code) -> dictionary[code] = text);
    return new Codes(dictionary, of);
  }

  /** A column with the same text in every row. */
  public static Codes constant(@Nullable String text, int size) {
    return new Codes(new @Nullable String[] {text}, new int[size]);
  }

  /** How many different texts there are, or more: some may be in no row. */
  public int count() {
    return dictionary.length;
  }

  /** The text at a place in the dictionary; null for rows without one. */
  public @Nullable String text(int code) {
    return dictionary[code];
  }

  /** For each row the place of its text in the dictionary; not to be changed. */
  public int[] rows() {
    return rows;
  }

  /** The column with each text replaced. */
  public Codes map(UnaryOperator<@Nullable String> change) {
    var changed = new @Nullable String[dictionary.length];
    for (int i = 0; i < changed.length; i++) {
      changed[i] = change.apply(dictionary[i]);
    }
    return new Codes(changed, rows);
  }

  /** The column with each text replaced, as another column's text of the same row asks for. */
  public Codes map(Codes other, Change change) {
    int width = other.dictionary.length;
    var changed = new @Nullable String[dictionary.length * width];
    for (int i = 0; i < changed.length; i++) {
      changed[i] = change.apply(dictionary[i / width], other.dictionary[i % width]);
    }
    var combined = new int[rows.length];
    for (int i = 0; i < combined.length; i++) {
      combined[i] = rows[i] * width + other.rows[i];
    }
    return new Codes(changed, combined);
  }

  /** Makes a text of two. */
  @FunctionalInterface
  public interface Change {
    /** The text for a row that has these two. */
    @Nullable String apply(@Nullable String one, @Nullable String other);
  }
}
