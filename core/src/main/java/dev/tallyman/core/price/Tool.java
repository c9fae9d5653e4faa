package dev.tallyman.core.price;

import java.util.Optional;

/** The provider's tools that are paid for by themselves, whatever model calls them. */
enum Tool {
  VECTOR_STORE("vector-store", Meter.GIB_HOURS),
  WEB_SEARCH("web-search", Meter.CALLS),
  FILE_SEARCH("file-search", Meter.CALLS),
  CODE_INTERPRETER("code-interpreter", Meter.SESSIONS);

  private final String catalogueName;
  private final Meter meter;

  Tool(String catalogueName, Meter meter) {
    this.catalogueName = catalogueName;
    this.meter = meter;
  }

  /** The name under which the catalogue prices it. */
  String catalogueName() {
    return catalogueName;
  }

  /** What is counted. */
  Meter meter() {
    return meter;
  }

  /** The tool that a line item of this text, in lower case, is about. */
  static Optional<Tool> of(String text) {
    // Storage before the searches, because "file search storage" is storage.
    if (text.contains("storage") || text.contains("vector store")) {
      return Optional.of(VECTOR_STORE);
    }
    if (text.contains("web search")) {
      return Optional.of(WEB_SEARCH);
    }
    if (text.contains("file search")) {
      return Optional.of(FILE_SEARCH);
    }
    return text.contains("code interpreter") ? Optional.of(CODE_INTERPRETER) : Optional.empty();
  }
}
