package dev.tallyman.cli.show;

import java.util.List;
import java.util.stream.Collectors;

/** Comma- or tab-separated lines. */
public final class Csv {
  private Csv() {}

  /** One record of RFC 4180, without its line end. */
  public static String line(List<String> fields) {
    return dev.tallyman.core.Csv.line(fields);
  }

  /** Fields between tabs; no field can break the line. */
  public static String plain(List<String> fields) {
    return fields.stream().map(Text::safe).collect(Collectors.joining("\t"));
  }
}
