# Every word of a report, in English.
#
# Numbers, durations and times of day come in already formatted. Headings of a table stand in one message,
# with | between them. A translation is a file beside this one with the same messages.

## The head of the page

kind-live = openrush · live run
kind-simulated = openrush · simulated run
opening = Booking opens { $time }.
slice = Replayed from { $from } to { $until } { $zone }.
speed-live-same = Live, at the speed of the day itself.
speed-live = Live, { $speed } times as fast as the day itself; times are those of the day.
speed-simulated = Simulated in virtual time: no request crossed a network.
scale-whole = The whole crowd.
scale-part = { $scale } of the crowd; numbers are of the replayed crowd; nothing is scaled back up.
swipe = Swipe sideways for the rest of the picture.

## The verdict

pass = PASS
fail = FAIL
untrustworthy = UNTRUSTWORTHY
no-objectives = The scenario sets no objectives, so there was nothing to miss.
failed-otherwise = Every objective was met, but the run broke a rule that outranks them.
all-met = { $count ->
    [one] The objective was met.
   *[other] All { $count } objectives were met.
}
all-met-tightest = { $count ->
    [one] The objective was met; { $name } with { $seen } ({ $limit }), a margin of { $margin }.
   *[other] All { $count } objectives were met; the tightest is { $name } with { $seen } ({ $limit }), a margin of { $margin }.
}
missed-objectives = { $missed } of { $of } { $of ->
    [one] objective
   *[other] objectives
} { $missed ->
    [one] was
   *[other] were
} missed: { $which }.
missed-one = { $name } was { $seen } ({ $limit })
missed-unseen = { $name } had nothing to see
unreliable = The numbers cannot be relied on.
unreliable-because = The numbers cannot be relied on: { $reasons }.
cautions-below = { $count ->
    [one] 1 caution, below.
   *[other] { $count } cautions, below.
}

## Why a run failed: parts of one sentence

cause-gave-up-turned-away = { $gave-up } gave up, { $turned-away } were turned away
cause-gave-up = { $gave-up } gave up
cause-turned-away = { $turned-away } were turned away
cause-line-stayed = { $tickets } tickets were still in line at the end
cause-connections-from = connections stood at their limit of { $limit } from { $at }
cause-connections = connections reached their limit of { $limit }
cause-sessions-from = sessions stood at their cap of { $cap } from { $at }
cause-sessions = sessions reached their cap of { $cap }
cause-station = station { $name } was { $share } busy
cause-station-from = station { $name } was { $share } busy at { $at }
cause-errors = { $share } of requests failed, most of them { $kind }
error-busy = turned down by a full queue
error-refused = refused by the rules
error-timed-out = given up by whoever waited for them
error-failed = without a usable answer
cause-restless = each person sent { $requests } requests, of which { $share } were retries and refreshes

## Numbers to remember

people-came = people came
people-came-scaled = people came (crowd at { $scale })
people-booked = booked ({ $share } of them)
peak-in-line = in line at most, at { $at }
peak-in-line-scaled = in line at most, at { $at } (crowd at { $scale })
wait-p95 = 95 % of tickets waited no longer
book-p99 = 99 % of booking replies came within

## Headings

section-objectives = Objectives
section-pictures = What happened
section-people = People
section-windows = Windows
section-queue = Queue
section-waits = Waits
section-requests = Requests
section-steps = Steps
section-stations = Stations
section-generator = The load generator itself
section-timeline = What happened to the service
section-cautions = Cautions
section-rests-on = What it rests on
section-provenance = Provenance

## Objectives

columns-objectives = objective | limit | seen | margin
tightest = tightest
missed = missed
not-seen = nothing seen
beyond-any = slower than any limit

## People

columns-people = people | count | of arrived
arrived = arrived
booked = booked
turned-away = turned away
gave-up = gave up
inside = inside at the end
people-identity =
    { $arrived } arrived = { $booked } booked + { $turned-away } turned away + { $gave-up } gave up + { $inside } inside at the end. Those inside were in the middle of their visit when the replay ended.
people-do-not-add-up = These do not add up: { $arrived } arrived, but the others sum to { $sum }. The summary is damaged.

columns-funnel = step | visits that came | of the first | came no further

## Windows

columns-windows = window | people | booked | gave up | peak | at | gone | wait p95 | closed form | gone
windows-note = Peak is the most tickets in line at once. The last two columns are what the closed form expects of each window by itself.
one-window = Had everybody come in one window, the closed form would expect a line of { $peak } tickets at its peak and a longest wait of { $wait }.

## The line

columns-queue = queue | measured | closed form | difference
peak-tickets = peak, tickets
peak-at = peak at
empty-at = line gone at
longest-wait = longest wait
left-line = left the line
still-waiting = in line at the end
closed-out = in line when the window closed
eta-ratio = wait shown over wait had, p90
no-queue-account = The target keeps no account of a queue.
queue-source = { $source ->
    [rules] Tickets are those that the target's own rules counted.
    [clients] Tickets are those that the visitors were told of.
   *[other] Tickets are those that { $source } counted.
}
sessions = At most { $peak } sessions were in progress, of { $cap } ({ $share }).
sessions-unlimited = At most { $peak } sessions were in progress; nothing held people back.
columns-waits = wait | p50 | p90 | p95 | p99 | max | mean | count
in-line = in line
at-station = at station { $name }
waits-note = In line: from issue to admission, of admitted tickets; those admitted at once count with 0 s.
no-waits = No ticket was admitted from the line, so there are no waits to show.

## Requests

columns-requests = requests | count | of sent | per person
sent = sent
useful = useful
polls = polls
refreshes = refreshes
retries = retries
answered = ok
error = not ok: { $kind }
returns = { $returns } of them were return visits.
visits = { $started } of { $planned } planned visits were begun; { $per-person } requests per person who came.

## Steps and stations

columns-steps = step | count | ok | response p50 | response p99 | service p50 | service p99 | time-outs | errors
steps-note = Response time counts from when the visitor meant to ask, service time from when the request was sent. Both are of answered attempts, in scenario time.
columns-stations = station | utilisation | wait p50 | wait p99 | refused
stations-note = Utilisation is the share of worker time spent working, over the slice.

## The load generator

columns-generator = in wall time | seen
lag-p50 = lag p50
lag-p99 = lag p99
lag-max = lag max
arrivals-refused = arrivals refused
cpu = cpu share of the process
steal = cpu taken by neighbours (steal)

generator-on-time = It kept its schedule: 99 % of its requests left within { $lag } of when they were meant to.
generator-machine = It was late (p99 { $lag }) while neighbours took { $steal } of the machine's CPU time: the machine was late, not the driver alone. Run on a quieter machine.
generator-load = It was late (p99 { $lag }) while this process used { $cpu } of the CPU: the load is more than this machine drives. Reduce scale or speed.
generator-own = It was late (p99 { $lag }) although CPU time was left: the lateness is the driver's own.

## Timeline

columns-timeline = number | at | what | from
planned = timeline of the scenario
mark = note

## Cautions

no-cautions = None.
advice = Advice: { $text }

## What the scenario rests on, and how the run was made

columns-rests-on = value of the scenario | taken | low to high | known as | source
rests-on-note = Assumptions and fitted values first, those with a range before the others; then facts. Sources are listed in the scenario.
range = { $low } to { $high }
columns-provenance = what | value
seed = seed
tool = tool
tool-built = openrush { $version }, commit { $commit }
tool-unknown = openrush { $version }, commit unknown
scenario-hash = scenario hash
plan-hash = plan hash
scale = scale
speed = speed
slice-row = slice
slice-short = { $from } to { $until } { $zone }
command = command
sent-instant = instant sent
machine-row = machine
machine = { $platform }, { $cpus } processors, { $workers } driver threads

## Pictures: names and captions

picture-arrivals = Arrivals, admissions and bookings, cumulative
arrivals-totals = By { $until }, { $started } visits had begun and { $booked } had ended with a booking.
arrivals-totals-admitted = By { $until }, { $started } visits had begun, { $admitted } had been admitted and { $booked } had ended with a booking.
arrivals-gaps = The upright gap between arrivals and bookings is the queue plus those inside, and those who left without a booking.
arrivals-gaps-admitted = The upright gap between arrivals and admissions is the queue, before the opening the crowd at the door; the level gap is the wait. Between admissions and bookings are those inside, and those who left without a booking.
picture-queue = Tickets in line
queue-peak = At most { $peak } tickets were in line, at { $at }.
queue-none = No queue formed: whoever came found a free admission.
queue-gone = The line was gone at { $at }.
queue-stayed = It had not drained by the end, when { $left } tickets were in it.
queue-predicted = The closed form expects { $peak } at { $at }.
queue-predicted-gone = The closed form expects { $peak } at { $at }, gone at { $gone }.
queue-part-nobody = Shown is { $from } to { $to } only; outside of it nobody was in line.
queue-part = Shown is { $from } to { $to } only; outside of it at most { $most } tickets were in line.
picture-latency = Response time, service time and lag
latency-none = No attempt was answered, so there is nothing to show.
latency-slowest = The response p99 was highest at { $at }, with { $p99 }.
latency-lag = The generator's own lag p99 was at most { $lag } of scenario time.
latency-no-lag = The generator's own lag was zero throughout.
latency-reading = The scale is logarithmic. Where response and service time coincide, the generator kept its schedule.
latency-instant = Where replies took no time at all, as those of a simulated waiting room do, nothing is drawn.
latency-points = Each point is the greatest within { $length }.
picture-sessions = Sessions in progress, against their cap
full-from = The limit was first reached at { $at }.
picture-connections = Connections, against their limit
connections = At most { $peak } connections were open, of { $limit } ({ $share }).
connections-unlimited = At most { $peak } connections were open; the target sets no limit to them.
picture-funnel = The way to a booking
funnel = Of { $first } visits that entered, { $last } came to a booking ({ $share }).
funnel-most = Most were lost at { $step }: { $lost }.
funnel-inside = Among those who came no further are { $inside } who were in the middle of their visit when the replay ended.
picture-requests = Requests by what they were for
requests-by-kind = { $per-person } requests per person who came: { $useful } useful, { $polls } polls, { $refreshes } refreshes, { $retries } retries.
requests-busiest = The busiest moment was { $at }, with { $rate } requests a second.
requests-failed = { $failed } were not answered as hoped.
picture-steps = Response and service time by step
steps-slowest = Slowest was { $step }: 99 % of its replies came within { $p99 }.
steps-reading = Each bar goes from p50 to p99, on a logarithmic scale. What response time has over service time is the generator's own lag.
picture-stations = How busy the stations were
stations-busiest = Busiest over the slice was { $name }, with { $share } of its workers' time.
stations-most = It was busiest at { $at }, with { $share }.

## Pictures: labels

axis-sessions = sessions
axis-connections = connections
axis-funnel = visits that came to the step
axis-requests = requests a second, in scenario time
axis-steps = from p50 to p99, in scenario time (logarithmic)
axis-stations = share of worker time spent working
all-steps = all steps
line-sessions = sessions
line-connections = connections
line-limit = limit
line-went-on = went on
line-lost = came no further
line-errors = errors
line-response = response time
line-service = service time
line-lag = lag of the generator
limit-note = limit { $limit }
limit-above = limit { $limit }, above the picture
stage = { $reached } ({ $share })
stage-lost = { $reached } ({ $share }), −{ $lost }
closes = closes { $time }
window = { $name }, { $from } to { $until }
axis-time = time of day, { $zone }
axis-tickets = tickets in line
axis-durations = duration in scenario time (logarithmic)
axis-visits = visits since { $from }, cumulative
line-arrivals = arrivals
line-admissions = admissions
line-bookings = bookings
line-measured = measured
line-closed-form = closed form
line-response-p99 = response p99
line-response-p50 = response p50
line-service-p99 = service p99
line-service-p50 = service p50
line-lag-p99 = lag p99
opens = opens { $time }
peak-note = peak { $peak } at { $at }
line-gone = line gone at { $at }
