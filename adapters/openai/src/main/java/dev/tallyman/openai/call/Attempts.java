package dev.tallyman.openai.call;

import com.fasterxml.jackson.core.JacksonException;
import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import dev.tallyman.core.poll.records.ReadOutcome.Origin;
import dev.tallyman.openai.read.AnswerReader;
import dev.tallyman.openai.read.MalformedAnswer;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.zip.ZipException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Asks until there is an answer, a failure that lasts, or no time left. */
public final class Attempts {
  private static final Duration FIRST_WAIT = Duration.ofMillis(500);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
  private static final int MAX_ERROR_BODY = 64 * 1024;

  /**
   * How much larger an answer may be that cannot be asked for in parts: the charges of one day of
   * 500 projects take 20 MB. It is read as it arrives, and its rows need a small part of that.
   */
  private static final long INDIVISIBLE = 4;

  private final OpenAiConfig config;
  private final Transport transport;
  private final Refusals refusals;
  private final Time time;
  private final RandomGenerator random;
  private volatile @Nullable Unreached unreached;

  public Attempts(OpenAiConfig config, Transport transport, Time time, RandomGenerator random) {
    this.config = config;
    this.transport = transport;
    this.refusals = new Refusals(config.isProvidersOwn());
    this.time = time;
    this.random = random;
  }

  /**
   * A provider that no attempt could connect to. Whoever asks again before the same deadline is in
   * the same cycle and is told so at once: each endpoint finding it out by itself takes minutes.
   */
  private record Unreached(Instant deadline, Failure failure) {}

  /** Asks; the reading then holds what was answered, or what of it arrived before a failure. */
  public ReadOutcome ask(AnswerReader reading, Instant deadline) {
    Unreached known = unreached;
    if (known != null && known.deadline().equals(deadline)) {
      return failed(reading, Origin.UNKNOWN, known.failure());
    }
    Origin origin = Origin.UNKNOWN;
    long bytes = 0;
    int failures = 0;
    while (true) {
      if (time.until(deadline).isZero()) {
        return failed(reading, origin, outOfTime());
      }
      var attempt = new Attempt(reading, deadline);
      @Nullable Failure failure = attempt.run();
      bytes += attempt.bytes;
      origin = attempt.origin.orElse(origin);
      if (attempt.tooLarge) {
        return new ReadOutcome.TooLarge(origin, attempt.bound, reading.defects());
      }
      if (failure == null || failure.worthRetrying()) {
        // What broke after the last thing asked for broke too late to matter.
        if (reading.done()) {
          return new ReadOutcome.Complete(origin, bytes, reading.defects());
        }
      }
      if (failure != null) {
        failures++;
        Duration wait = waitAfter(failures, failure.retryAfter());
        if (!failure.worthRetrying()
            || failures >= config.attempts()
            || time.until(deadline).compareTo(wait) <= 0) {
          if (attempt.unconnected) {
            unreached = new Unreached(deadline, failure);
          }
          return failed(reading, origin, failure);
        }
        try {
          time.pause().sleep(wait);
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
          return failed(reading, origin, stopped());
        }
      }
    }
  }

  /** What was asked for plus a little, or twice as long each time; never the same for all. */
  private Duration waitAfter(int failures, Optional<Duration> asked) {
    if (asked.isPresent()) {
      return asked.get().plusMillis(random.nextLong(250));
    }
    Duration full = FIRST_WAIT.multipliedBy(1L << Math.min(failures - 1, 10));
    long millis = (full.compareTo(LONGEST_WAIT) < 0 ? full : LONGEST_WAIT).toMillis();
    return Duration.ofMillis(millis / 2 + random.nextLong(millis / 2));
  }

  private static ReadOutcome failed(AnswerReader reading, Origin origin, Failure failure) {
    return new ReadOutcome.Failed(
        origin, failure.kind(), failure.message(), failure.retryAfter(), reading.defects());
  }

  private static Failure outOfTime() {
    return Failure.lasting(
        Kind.OUT_OF_TIME, "The time for this cycle is used up; the next one continues here.");
  }

  private static Failure stopped() {
    return Failure.lasting(
        Kind.OUT_OF_TIME, "The read was stopped from outside; the next one continues here.");
  }

  /** One exchange with the provider. */
  private final class Attempt {
    private final AnswerReader reading;
    private final Instant deadline;
    private Optional<Origin> origin = Optional.empty();
    private long bytes;
    private final long bound;
    private boolean tooLarge;
    private boolean unconnected;

    Attempt(AnswerReader reading, Instant deadline) {
      this.reading = reading;
      this.deadline = deadline;
      this.bound = config.maxBytes() * (reading.divisible() ? 1 : INDIVISIBLE);
    }

    /** Null if the answer was read whole. */
    @Nullable Failure run() {
      var timer = new CallTimer(time, config.callTimeout(), deadline);
      try (Transport.Answer answer = transport.get(reading.uri(), timer, bound)) {
        origin = Optional.of(answer.origin());
        try {
          return answer.status() == 200 ? read(answer) : refused(answer);
        } finally {
          bytes = answer.body().count();
        }
      } catch (TooLargeAnswer _) {
        tooLarge = true;
        return Failure.lasting(Kind.MALFORMED, "The answer is too large.");
      } catch (IOException e) {
        unconnected = e instanceof ConnectException || e instanceof HttpConnectTimeoutException;
        return failure(e);
      }
    }

    private @Nullable Failure read(Transport.Answer answer) throws IOException {
      if (answer.announcesMoreThan(bound)) {
        throw new TooLargeAnswer();
      }
      reading.read(answer.body(), answer.origin());
      answer.finish();
      return null;
    }

    private @Nullable Failure refused(Transport.Answer answer) throws IOException {
      if (answer.status() == 404 && reading.missing()) {
        answer.finish();
        return null;
      }
      if (reading.refused(answer.status())) {
        answer.finish();
        return null;
      }
      String body = "";
      try {
        body = new String(answer.body().readNBytes(MAX_ERROR_BODY), StandardCharsets.UTF_8);
        answer.finish();
      } catch (HttpTimeoutException | TooLargeAnswer _) {
        // The status says enough.
      }
      return refusals.of(
          answer.status(),
          answer.headers(),
          body,
          answer.origin().simulated(),
          time.clock().instant());
    }

    private Failure failure(IOException e) {
      return switch (e) {
        case InterruptedIOException _ -> stopped();
        case MalformedAnswer _ ->
            Failure.lasting(
                Kind.MALFORMED, "The answer is not what the contract says: " + e.getMessage());
        case JacksonException broken -> Failure.passing(Kind.MALFORMED, notJson(broken));
        case CharConversionException _ ->
            Failure.passing(Kind.MALFORMED, "The answer is no text in UTF-8.");
        case ZipException _ ->
            Failure.passing(Kind.MALFORMED, "The answer is damaged: it cannot be uncompressed.");
        case HttpConnectTimeoutException _ ->
            Failure.passing(
                Kind.TIMEOUT,
                "No connection to "
                    + host()
                    + " within "
                    + config.connectTimeout().toMillis()
                    + " ms; check the network and HTTPS_PROXY.");
        case HttpTimeoutException _ ->
            time.until(deadline).isZero()
                ? outOfTime()
                : Failure.passing(
                    Kind.TIMEOUT,
                    "The provider did not finish its answer within "
                        + config.callTimeout().toMillis()
                        + " ms.");
        case ConnectException _ -> Failure.passing(Kind.NETWORK, noConnection(e));
        case SSLException _ ->
            Failure.passing(
                Kind.NETWORK,
                "No secure connection to "
                    + host()
                    + ": "
                    + Wording.sentence(Objects.requireNonNullElse(e.getMessage(), ""))
                    + " Check the base URL, the clock and the certificates that Java trusts.");
        default ->
            Failure.passing(
                Kind.NETWORK, "The connection to " + host() + " broke before the answer ended.");
      };
    }

    private String noConnection(IOException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
          return "The name " + host() + " cannot be resolved; check the base URL and the network.";
        }
      }
      return "No connection to " + host() + "; check the base URL, the network and HTTPS_PROXY.";
    }

    /** Tells where, never what: the parser's own message quotes the answer. */
    private static String notJson(JacksonException e) {
      var where = e.getLocation();
      return "The answer is no valid JSON"
          + (where == null
              ? "."
              : " at line " + where.getLineNr() + ", column " + where.getColumnNr() + ".");
    }

    private String host() {
      return Wording.safe(config.baseUrl().getAuthority());
    }
  }
}
