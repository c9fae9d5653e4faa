package dev.tallyman.core.poll.records;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How one read of the provider went. */
public sealed interface ReadOutcome {
  /** Who answered. */
  Origin origin();

  /** What was left out of the buckets that were handed over, or in their place. */
  List<Defect> defects();

  /**
   * Everything asked for was answered.
   *
   * @param bytes how much was received, uncompressed
   */
  record Complete(Origin origin, long bytes, List<Defect> defects) implements ReadOutcome {
    public Complete {
      defects = List.copyOf(defects);
    }

    /** An answer without a defect. */
    public Complete(Origin origin, long bytes) {
      this(origin, bytes, List.of());
    }
  }

  /**
   * The answer grew beyond the bound, so it was dropped where it stood: ask for less time.
   *
   * @param bound in bytes
   */
  record TooLarge(Origin origin, long bound, List<Defect> defects) implements ReadOutcome {
    public TooLarge {
      defects = List.copyOf(defects);
    }

    /** An answer that had no defect as far as it was read. */
    public TooLarge(Origin origin, long bound) {
      this(origin, bound, List.of());
    }
  }

  /**
   * Nothing more could be read.
   *
   * @param kind what failed
   * @param message one sentence for a person, with the remedy; never a secret
   * @param retryAfter how long the provider asked to wait
   */
  record Failed(
      Origin origin, Kind kind, String message, Optional<Duration> retryAfter, List<Defect> defects)
      implements ReadOutcome {
    public Failed {
      defects = List.copyOf(defects);
    }

    /** A failure that had no defect before it. */
    public Failed(Origin origin, Kind kind, String message, Optional<Duration> retryAfter) {
      this(origin, kind, message, retryAfter, List.of());
    }
  }

  /** What can go wrong with a read. */
  enum Kind {
    /** The key is wrong, revoked or expired. */
    BAD_KEY,
    /** The key lacks a scope or role, which the message names. */
    MISSING_SCOPE,
    /** Asked too often. */
    RATE_LIMITED,
    /** A quota or spend limit of the organization is used up; asking again does not help. */
    QUOTA,
    /** The provider's own address answers 404: seen to pass. */
    NOT_FOUND,
    /** Another base URL answers 404: it does not offer this endpoint. */
    NOT_OFFERED,
    /** The provider refused the request as malformed: a difference in contracts. */
    REFUSED,
    /** Status 5xx. */
    SERVER,
    /** No answer in time. */
    TIMEOUT,
    /** No connection, or it broke. */
    NETWORK,
    /** The answer is not what the contract says, or lacks a grouping that was asked for. */
    MALFORMED,
    /** The clock of this machine and the provider's are more than a day apart. */
    CLOCK,
    /** The time of this cycle was used up before the read could start or end. */
    OUT_OF_TIME
  }

  /**
   * Who answered, as far as the answer said so.
   *
   * @param organization the provider's id of the organization; empty if it did not say
   * @param simulated whether the answer was marked as simulated
   */
  record Origin(Optional<String> organization, boolean simulated) {
    /** Nobody answered. */
    public static final Origin UNKNOWN = new Origin(Optional.empty(), false);
  }
}
