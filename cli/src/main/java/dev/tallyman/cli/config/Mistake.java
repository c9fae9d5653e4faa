package dev.tallyman.cli.config;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Something wrong with what a user wrote, and how to put it right.
 *
 * @param where a file and line, a variable or an option
 * @param what one clause, naming the value
 * @param remedy what to write instead
 */
record Mistake(String where, String what, String remedy) {
  /** One line for a person. */
  String text() {
    return where + ": " + what + (remedy.isEmpty() ? "" : "; " + remedy);
  }

  /** All of them, a line each, in the order of the lines that they are in. */
  static String text(List<Mistake> mistakes) {
    return mistakes.stream()
        .sorted(Comparator.comparingInt(Mistake::line))
        .map(Mistake::text)
        .collect(Collectors.joining("\n"));
  }

  /** The line in a file; 0 for a mistake elsewhere. */
  private int line() {
    String digits = where.substring(where.lastIndexOf(':') + 1);
    return digits.matches("[0-9]{1,9}") ? Integer.parseInt(digits) : 0;
  }
}
