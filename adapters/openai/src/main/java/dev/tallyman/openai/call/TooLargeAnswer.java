package dev.tallyman.openai.call;

import java.io.IOException;
import java.io.Serial;

/** The answer passed the bound that is read at most. */
final class TooLargeAnswer extends IOException {
  @Serial private static final long serialVersionUID = 1L;
}
