package dev.tallyman.openai.call;

/** The admin key, wrapped so that it cannot slip into a log or a message. */
public final class Secret {
  private final String value;

  /**
   * Wraps a key, without the white space around it.
   *
   * @throws IllegalArgumentException if it cannot stand in a header; the message does not show it
   */
  public Secret(String value) {
    this.value = value.strip();
    if (this.value.isEmpty()) {
      throw new IllegalArgumentException("the admin key is empty; set OPENAI_ADMIN_KEY");
    }
    if (!this.value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException(
          "the admin key holds a character that no key has, perhaps from copying; set"
              + " OPENAI_ADMIN_KEY again");
    }
  }

  /** The key itself: for the one header that carries it. */
  public String reveal() {
    return value;
  }

  @Override
  public String toString() {
    return "***";
  }
}
