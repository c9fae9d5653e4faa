package dev.tallyman.cli;

import java.util.List;
import java.util.stream.Collectors;

/** Comma- or tab-separated lines. */
final class Csv {
  private Csv() {}

  /** One record of RFC 4180, without its line end. */
  static String line(List<String> fields) {
    return dev.tallyman.core.Csv.line(fields);
  }

  /** Fields between tabs; no field can break the line. */
  static String plain(List<String> fields) {
    return fields.stream().map(Text::safe).collect(Collectors.joining("\t"));
  }
}
