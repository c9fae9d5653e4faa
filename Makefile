# For `sam build`, which runs build-<name of the function> with ARTIFACTS_DIR set. One run of Maven
# serves all functions.
#
# target/packaged is younger than every source if what was packaged is up to date. Folders count as
# sources, so that a deleted file is noticed.

FUNCTIONS := Alert Api Poller
MODULES := $(shell echo $(FUNCTIONS:%=%-function) | tr A-Z a-z)
MVN := $(firstword $(wildcard ./mvnw) mvn)
SOURCES := $(shell find . \( -name target -o -name '.?*' -o -path '*/src/test' \) -prune -o \
	\( -path '*/src/main*' -o -name pom.xml -o -path ./build/Store.java \) -print)
comma := ,

.PHONY: $(FUNCTIONS:%=build-%)
$(FUNCTIONS:%=build-%): build-%: target/packaged
	cp -R "$$(echo $*-function | tr A-Z a-z)/target/lambda/." "$(ARTIFACTS_DIR)"

# Emptied before, since Maven leaves the jars of a former version where they are.
target/packaged: $(SOURCES)
	rm -rf $(MODULES:%=%/target/lambda)
	$(MVN) -q -B -ntp -Dmaven.test.skip -pl $(subst $() ,$(comma),$(MODULES)) -am package
	mkdir -p target
	touch $@

# Also after a `mvn clean` of one module.
ifneq ($(words $(wildcard $(MODULES:%=%/target/lambda/lib))),$(words $(FUNCTIONS)))
.PHONY: target/packaged
endif
