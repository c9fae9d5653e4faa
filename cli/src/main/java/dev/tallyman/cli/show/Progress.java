package dev.tallyman.cli.show;

import dev.tallyman.core.poll.FillOutcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/**
 * A bar that grows on one line of a terminal, or words that change there, taken away in the end;
 * nothing where nobody watches, nor in the first second.
 */
public final class Progress {
  private static final Duration SILENT = Duration.ofSeconds(1);
  private static final int LENGTH = 30;
  private static final int PER_MILLE = 1000;

  private final Terminal terminal;
  private final InstantSource real;
  private final Instant began;
  private boolean shown;

  public Progress(Terminal terminal, InstantSource real) {
    this.terminal = terminal;
    this.real = real;
    this.began = real.instant();
  }

  /**
   * Shows how far something has come.
   *
   * @param perMille of the whole, 0 to 1000
   * @param text what is being done, in a few words
   */
  public void show(long perMille, String text) {
    Duration taken = Duration.between(began, real.instant());
    int done = Math.clamp(perMille, 0, PER_MILLE);
    int filled = done * LENGTH / PER_MILLE;
    String bar =
        terminal.ascii()
            ? "#".repeat(filled) + ".".repeat(LENGTH - filled)
            : "█".repeat(filled) + "░".repeat(LENGTH - filled);
    String left =
        done == 0
            ? ""
            : ", " + Text.age(taken.multipliedBy(PER_MILLE - done).dividedBy(done)) + " left";
    draw(String.format(Locale.ROOT, "%s %3d%%  %s%s", bar, done / 10, text, left), taken);
  }

  /** Shows what is being done, where nobody knows how far that is of the whole. */
  public void show(String text) {
    draw(text, Duration.between(began, real.instant()));
  }

  private void draw(String line, Duration taken) {
    if (!terminal.errIsTerminal() || taken.compareTo(SILENT) < 0) {
      return;
    }
    terminal
        .err()
        .print("\r\u001b[K" + Text.shorten(line, terminal.columns() - 1, terminal.ascii()));
    terminal.err().flush();
    shown = true;
  }

  /** Shows how far the history of an organization has come. */
  public void show(String organization, FillOutcome.Advanced slice, Instant now) {
    long whole = Math.max(1, Duration.between(slice.wanted(), now).toSeconds());
    long read = Duration.between(slice.reached(), now).toSeconds();
    LocalDate reached = slice.reached().atZone(ZoneOffset.UTC).toLocalDate();
    show(read * PER_MILLE / whole, organization + " back to " + reached);
  }

  /** Takes the bar away: what is written next begins a line, as if it had never been there. */
  public void clear() {
    if (shown) {
      terminal.err().print("\r\u001b[K");
      terminal.err().flush();
      shown = false;
    }
  }
}
