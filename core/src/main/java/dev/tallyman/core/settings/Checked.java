package dev.tallyman.core.settings;

import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.delivery.Channel;
import dev.tallyman.core.group.ModelGroups;
import dev.tallyman.core.ledger.Retention;
import dev.tallyman.core.price.Price;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/** The parts of a document in which no mistake was found. */
record Checked(
    SortedMap<String, Object> document,
    ModelGroups groups,
    Set<String> poolProjects,
    List<Price> prices,
    List<ZoneId> zones,
    Retention retention,
    boolean emails,
    Duration pollInterval,
    List<OrganizationSettings> organizations,
    List<Budget> budgets,
    SortedMap<String, Channel> channels,
    AlertSettings alerts) {}
