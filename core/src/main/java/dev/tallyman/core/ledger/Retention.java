package dev.tallyman.core.ledger;

/**
 * How long each kind of record is kept; rollups, costs and names are kept for ever.
 *
 * @param hours rows of hours
 * @param minutes rows of the minutes of straddling hours
 * @param revisions what buckets said before they were restated
 * @param cycles cycle records
 */
public record Retention(int hours, int minutes, int revisions, int cycles) {
  /** What holds unless the settings say otherwise. */
  public static final Retention DEFAULT = new Retention(400, 40, 90, 400);

  public Retention {
    if (hours < 32 || minutes < 2 || revisions < 1 || cycles < 8) {
      throw new IllegalArgumentException(
          "retention in days: hours at least 32, minutes 2, revisions 1, cycles 8");
    }
  }
}
