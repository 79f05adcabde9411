#!lua name=earshot
-- earshot: the Redis side of the fold, and the functions that readers call (include/earshot/redis-functions.md).
--
-- The writer's commands come ready made and are applied without a look: a command costs what it costs whoever
-- makes it, and the aggregator has the cheaper processor. So logic here is only what must be atomic (marks,
-- dirty, the floor of a trimmed feed, what a person's correction changes) and what the readers ask.
--
-- Keys of shard N, all with the hash tag {sN}, S = earshot:{sN}:
--   S:state     hash    schema, log, dirty (0, 1), as_of (Unix seconds of the last fold)
--   S:marks     string  16 bytes a partition: raw offset + 1, enriched offset to go on from + 1; big endian, 0 = none
--   S:actions   string  16 bytes a partition of the topic actions: offset + 1, offset to go on from + 1
--   S:b:ID:O    string  the same of the backfill of ID, whose first record is at offset O of alerts: both raw offsets
--   S:backfills hash    ID:O -> the version that is backfilled
--   S:alerts    hash    id -> "VERSION JSON": the members id, name, query, version without the closing brace;
--                       "VERSION" alone: removed
--   S:corrections zset  what people said of mentions in the last 7 days, the newest 10,000: member ID NUL MENTION, score
--                       Unix seconds * 8 + label * 2 (positive 0, neutral 1, negative 2) + 1 where a mention was
--                       counted with it
--   S:floors    hash    id -> the feed is complete from this second on (there only where it was trimmed)
--   S:m:ID:B    string  minutes of hour B;  S:h:ID:B  hours of day B;  S:d:ID:B  days of the 365 days B
--   S:t:B       hash    id -> mentions in the 365 days B; '' -> 65 bytes, so that Redis does not keep it as a list
--   S:j:ID:B    hash    joint counters of hour B;  S:k:ID:B  of day B;  kind TAB platform TAB language TAB country
--                       TAB label (+ 0 -) -> n
--   S:f:ID      zset    score -created_at, member: id NUL score+1000 in four digits NUL the item's JSON
-- A cell is 16 bytes: mentions << 32 | positive, then negative << 37 | sum of (score in thousandths + 1000).
-- earshot:{meta}: hash of schema, id, shards, partitions, window; written by `earshot init`.

local SCHEMA = '1'
local LIBRARY = '2' -- of this text, as the programs ask for it; the data of 1 are those of 2
local HOUR, DAY, YEAR = 3600, 86400, 365 * 86400
local GRAINS = {
    minute = {key = ':m:', seconds = 60, block = HOUR, keep = 48 * HOUR},
    hour = {key = ':h:', seconds = HOUR, block = DAY, keep = 100 * DAY},
    day = {key = ':d:', seconds = DAY, block = YEAR, keep = 1826 * DAY},
}
local JOINT = {
    hour = {key = ':j:', seconds = HOUR, keep = 14 * DAY},
    day = {key = ':k:', seconds = DAY, keep = 1826 * DAY},
}
local UNITS = {s = 1, m = 60, h = HOUR, d = DAY, w = 7 * DAY}
local BUCKETS_MAX, LIMIT_MAX, TIME_MAX = 5000, 200, 253402300799
local LABELS = {[0] = 'positive', 'neutral', 'negative'}
local LABEL = { -- of a person, who is sure
    positive = {number = 0, sign = '+', score = 1000},
    neutral = {number = 1, sign = '0', score = 0},
    negative = {number = 2, sign = '-', score = -1000},
}
local CORRECTIONS_KEEP, CORRECTIONS_MAX = 7 * DAY, 10000
local NO_MARK = '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'

-- While a library loads, Redis 7.0 hides string, math, bit and redis.call: prepare() fills these at the first call.
local call, floor
local CRC = {}

-- Errors that are answers: thrown as a table, returned as they stand (a plain error() would get the script's name
-- and line behind it).
local function refuse(code, text)
    error({earshot = code .. ' ' .. text})
end

local function printable(text)
    text = text:gsub('[%c\127-\255]', '?')
    return #text > 64 and text:sub(1, 64) .. '...' or text
end

local function bad(argument, text)
    refuse('EARSHOT_ARG', argument .. ': ' .. text)
end

-- Text helpers ------------------------------------------------------------------------------------------------

local ESCAPES = {['"'] = '\\"', ['\\'] = '\\\\'}

local function quoted(text)
    return '"' .. text:gsub('[%c"\\]', function(c)
        return ESCAPES[c] or string.format('\\u%04x', c:byte())
    end) .. '"'
end

-- Lua compares strings by the server's locale; the contract says bytes.
local function bytes_less(a, b)
    local shorter = math.min(#a, #b)
    for i = 1, shorter do
        local x, y = a:byte(i), b:byte(i)
        if x ~= y then
            return x < y
        end
    end
    return #a < #b
end

-- A sum of thousandths over n, three decimals, half away from zero.
local function mean(sum, n)
    if n == 0 then
        return 'null'
    end
    local m = floor(math.abs(sum) / n + 0.5)
    local sign = (sum < 0 and m > 0) and '-' or ''
    return string.format('%s%d.%03d', sign, floor(m / 1000), m % 1000)
end

local function prepare()
    call, floor = redis.call, math.floor
    for i = 0, 255 do
        local crc = bit.lshift(i, 8)
        for _ = 1, 8 do
            local shifted = bit.band(bit.lshift(crc, 1), 0xffff)
            crc = bit.band(crc, 0x8000) ~= 0 and bit.bxor(shifted, 0x1021) or shifted
        end
        CRC[i] = crc
    end
end

-- CRC16-XMODEM, as Redis Cluster hashes keys.
local function crc16(text)
    local crc = 0
    for i = 1, #text do
        local top = bit.bxor(bit.rshift(crc, 8), text:byte(i))
        crc = bit.bxor(bit.band(bit.lshift(crc, 8), 0xffff), CRC[top])
    end
    return crc
end

-- Shards ------------------------------------------------------------------------------------------------------

local function now_seconds()
    return tonumber(call('TIME')[1])
end

local function check_schema(have)
    if have ~= SCHEMA then
        refuse('EARSHOT_SCHEMA', string.format('have %s need %s', printable(have or 'none'), SCHEMA))
    end
end

local function shard_count()
    local meta = call('HMGET', 'earshot:{meta}', 'schema', 'shards')
    check_schema(meta[1])
    return tonumber(meta[2])
end

local function key_shard(keys)
    if #keys ~= 1 then
        bad('keys', 'none, or one that routes: earshot:{sN}')
    end
    local shard = keys[1]:match('^earshot:{s(%d+)}$')
    if not shard then
        bad('key', "earshot:{sN}, not '" .. printable(keys[1]) .. "'")
    end
    return tonumber(shard)
end

local function prefix_of(shard)
    return string.format('earshot:{s%d}', shard)
end

-- The shard's state for a reader; as_of is text.
local function open_shard(shard)
    local prefix = prefix_of(shard)
    local state = call('HMGET', prefix .. ':state', 'schema', 'dirty', 'as_of')
    if state[1] then
        check_schema(state[1])
    end
    if state[2] == '1' then
        refuse('EARSHOT_DIRTY', 'shard ' .. shard)
    end
    return prefix, state[3] or 'null'
end

local function open_alert(keys, id)
    local shard = #keys > 0 and key_shard(keys) or crc16(id) % shard_count()
    local prefix, as_of = open_shard(shard)
    local version = (call('HGET', prefix .. ':alerts', id) or ''):match('^(%d+) ')
    if not version then
        refuse('EARSHOT_ALERT', "unknown alert '" .. printable(id) .. "'")
    end
    return {id = id, prefix = prefix, as_of = as_of, version = version, now = now_seconds()}
end

local function head(alert, from, to)
    return string.format('{"alert":%s,"version":%s,"from":%d,"to":%d,"as_of":%s', quoted(alert.id), alert.version, from,
        to, alert.as_of)
end

-- Arguments ---------------------------------------------------------------------------------------------------

local function want_arguments(args, count, usage)
    if #args ~= count then
        bad('arguments', usage)
    end
end

local function moment(name, text, now)
    if text == 'now' then
        return now
    end
    local n, unit = text:match('^now%-(%d+)([smhdw])$')
    local t = n and math.max(0, now - tonumber(n) * UNITS[unit]) or text:match('^%d+$') and tonumber(text)
    if not t or t > TIME_MAX then
        bad(name, "Unix seconds, now or now-7d (s m h d w), not '" .. printable(text) .. "'")
    end
    return t
end

local function window(from_text, to_text, now)
    local from, to = moment('from', from_text, now), moment('to', to_text, now)
    if from > to then
        bad('from', 'is after to')
    end
    return from, to
end

local function widen(from, to, seconds)
    return floor(from / seconds) * seconds, math.ceil(to / seconds) * seconds
end

-- The first bucket of a grain that is still kept.
local function horizon(grain, now)
    return floor((now - grain.keep) / grain.seconds) * grain.seconds
end

-- The series --------------------------------------------------------------------------------------------------

-- visit(start, mentions, positive, negative, sum) for each bucket of [from, to), ascending.
local function each_bucket(alert, grain, from, to, visit)
    local start = from
    while start < to do
        local block = floor(start / grain.block)
        local block_end = math.min(to, (block + 1) * grain.block)
        local first = (start - block * grain.block) / grain.seconds
        local count = (block_end - start) / grain.seconds
        local cells = call('GETRANGE', alert.prefix .. grain.key .. alert.id .. ':' .. string.format('%d', block),
            first * 16, (first + count) * 16 - 1)
        for i = 0, count - 1 do
            if #cells < (i + 1) * 16 then
                visit(start, 0, 0, 0, 0)
            else
                local mentions, positive, high, low = struct.unpack('>I4I4I4I4', cells, i * 16 + 1)
                visit(start, mentions, positive, floor(high / 32), high % 32 * 4294967296 + low - 1000 * mentions)
            end
            start = start + grain.seconds
        end
    end
end

local function volume(keys, args)
    want_arguments(args, 4, 'earshot_volume ALERT FROM TO minute|hour|day')
    local alert = open_alert(keys, args[1])
    local grain = GRAINS[args[4]]
    if not grain then
        bad('grain', "minute, hour or day, not '" .. printable(args[4]) .. "'")
    end
    local from, to = window(args[2], args[3], alert.now)
    from, to = widen(from, to, grain.seconds)
    if (to - from) / grain.seconds > BUCKETS_MAX then
        bad('to', string.format('%d buckets of a %s, at most %d', (to - from) / grain.seconds, args[4], BUCKETS_MAX))
    end
    local oldest, rows = math.min(to, math.max(from, horizon(grain, alert.now))), {}
    for start = from, oldest - 1, grain.seconds do
        rows[#rows + 1] = string.format('[%d,null,null,null,null,null]', start)
    end
    each_bucket(alert, grain, oldest, to, function(start, mentions, positive, negative, sum)
        if mentions == 0 then
            rows[#rows + 1] = string.format('[%d,0,0,0,0,null]', start)
        else
            rows[#rows + 1] = string.format('[%d,%d,%d,%d,%d,%s]', start, mentions, positive,
                mentions - positive - negative, negative, mean(sum, mentions))
        end
    end)
    return head(alert, from, to) .. ',"grain":"' .. args[4] .. '","buckets":[' .. table.concat(rows, ',') .. ']}'
end

-- The summary -------------------------------------------------------------------------------------------------

local function joint_counts(alert, joint, from, to)
    local counts = {}
    for start = from, to - 1, joint.seconds do
        local flat = call('HGETALL', alert.prefix .. joint.key .. alert.id .. ':' ..
            string.format('%d', start / joint.seconds))
        for i = 1, #flat, 2 do
            counts[flat[i]] = (counts[flat[i]] or 0) + tonumber(flat[i + 1])
        end
    end
    return counts
end

-- [[name, n], ...], the most frequent first.
local function ranking(counts)
    local names = {}
    for name in pairs(counts) do
        names[#names + 1] = name
    end
    table.sort(names, function(a, b)
        if counts[a] ~= counts[b] then
            return counts[a] > counts[b]
        end
        return bytes_less(a, b)
    end)
    for i, name in ipairs(names) do
        names[i] = string.format('[%s,%d]', quoted(name), counts[name])
    end
    return '[' .. table.concat(names, ',') .. ']'
end

local function dimensions(counts)
    local by = {{}, {}, {}, {}}
    for field, n in pairs(counts) do
        local names = {field:match('^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t')}
        for i, name in ipairs(names) do
            by[i][name] = (by[i][name] or 0) + n
        end
    end
    return string.format(',"kinds":%s,"platforms":%s,"languages":%s,"countries":%s}', ranking(by[1]), ranking(by[2]),
        ranking(by[3]), ranking(by[4]))
end

local function summary(keys, args)
    want_arguments(args, 3, 'earshot_summary ALERT FROM TO')
    local alert = open_alert(keys, args[1])
    local from, to = window(args[2], args[3], alert.now)
    local name = floor(from / HOUR) * HOUR >= horizon(JOINT.hour, alert.now) and 'hour' or 'day'
    from, to = widen(from, to, GRAINS[name].seconds)
    -- What lies before the horizon is gone: `from` says from when it counts. Nothing is dated years ahead.
    from = math.max(from, horizon(GRAINS[name], alert.now))
    to = math.max(from, math.min(to, floor((alert.now + 2 * DAY) / DAY) * DAY))
    local mentions, positive, negative, sum = 0, 0, 0, 0
    each_bucket(alert, GRAINS[name], from, to, function(_, n, pos, neg, scores)
        mentions, positive, negative, sum = mentions + n, positive + pos, negative + neg, sum + scores
    end)
    return string.format('%s,"mentions":%d,"positive":%d,"neutral":%d,"negative":%d,"score":%s,"net":%s',
        head(alert, from, to), mentions, positive, mentions - positive - negative, negative, mean(sum, mentions),
        mean((positive - negative) * 1000, mentions)) .. dimensions(joint_counts(alert, JOINT[name], from, to))
end

-- The feed ----------------------------------------------------------------------------------------------------

local function hex(text)
    return (text:gsub('.', function(c)
        return string.format('%02x', c:byte())
    end))
end

local function unhex(text)
    return (text:gsub('..', function(pair)
        return string.char(tonumber(pair, 16))
    end))
end

-- A cursor pins the absolute window, so that `now` does not move between pages, and names the last item given.
local function write_cursor(page, item)
    return string.format('"1.%s.%d.%d.%d.%d.%d.%s"', page.order, page.check, page.from, page.to, item.at, item.rank or 0,
        hex(item.id))
end

local function read_cursor(page, text)
    local order, check, from, to, at, rank, id = text:match(
        '^1%.(%l+)%.(%d+)%.(%d+)%.(%d+)%.(%d+)%.(%d+)%.(%x*)$')
    if not order or #id % 2 ~= 0 then
        bad('cursor', "'' or the `next` of the page before")
    end
    if order ~= page.order or tonumber(check) ~= page.check then
        bad('cursor', 'is of another alert or order')
    end
    page.from, page.to = tonumber(from), tonumber(to)
    page.after = {at = tonumber(at), rank = tonumber(rank), id = unhex(id)}
end

local function read_item(member, score)
    local first = member:find('\0', 1, true)
    return {
        at = -tonumber(score),
        id = member:sub(1, first - 1),
        score = tonumber(member:sub(first + 1, first + 4)),
        json = member:sub(first + 6),
    }
end

-- Items with created_at in [from, last], newest first, from `skip` on.
local function read_items(alert, from, last, skip, count)
    local flat = call('ZRANGEBYSCORE', alert.prefix .. ':f:' .. alert.id, string.format('%d', -last),
        string.format('%d', -from), 'WITHSCORES', 'LIMIT', skip, count)
    local items = {}
    for i = 1, #flat, 2 do
        items[#items + 1] = read_item(flat[i], flat[i + 1])
    end
    return items
end

-- One more than the limit, so that the caller knows whether there is a next page.
local function newest_items(alert, page)
    local after, picked, skip = page.after, {}, 0
    local last = after and after.at or page.to - 1
    repeat
        local items = read_items(alert, page.from, last, skip, page.limit + 1)
        for _, item in ipairs(items) do
            local passed = after and item.at == after.at and not bytes_less(after.id, item.id)
            if not passed and #picked <= page.limit then
                picked[#picked + 1] = item
            end
        end
        skip = skip + #items
    until #picked > page.limit or #items <= page.limit
    return picked
end

-- What the model says of the mention itself stands in front of its author, the first member that is not ours.
local function said_of_mention(item)
    return item.json:sub(1, item.json:find(',"author":', 1, true) or -1)
end

-- By what an order ranks an item, the lowest first; nil leaves it out.
local RANKS = {
    negative = function(item)
        return item.score
    end,
    riskiest = function(item)
        local ones, thousandths = said_of_mention(item):match(',"risk":(%d)%.(%d%d%d)')
        local risk = ones and tonumber(ones) * 1000 + tonumber(thousandths) or 0
        return risk > 0 and 1000 - risk or nil
    end,
    leads = function(item)
        return said_of_mention(item):find(',"intent":"purchase"', 1, true) and 0 or nil
    end,
}

-- Those of one rank as in newest.
local function ranked_items(alert, page)
    local after, items, picked = page.after, {}, {}
    for place, item in ipairs(read_items(alert, page.from, page.to - 1, 0, -1)) do
        item.rank, item.place = RANKS[page.order](item), place
        if item.rank then
            items[#items + 1] = item
        end
    end
    table.sort(items, function(a, b)
        if a.rank ~= b.rank then
            return a.rank < b.rank
        end
        return a.place < b.place
    end)
    for _, item in ipairs(items) do
        local passed = after and (item.rank < after.rank or item.rank == after.rank and (item.at > after.at or
            item.at == after.at and not bytes_less(after.id, item.id)))
        if not passed then
            picked[#picked + 1] = item
            if #picked > page.limit then
                break
            end
        end
    end
    return picked
end

local ORDERS = {newest = newest_items, negative = ranked_items, riskiest = ranked_items, leads = ranked_items}

local function feed(keys, args)
    want_arguments(args, 6, 'earshot_feed ALERT FROM TO newest|negative|riskiest|leads LIMIT CURSOR')
    local alert = open_alert(keys, args[1])
    local pick = ORDERS[args[4]]
    if not pick then
        bad('order', "newest, negative, riskiest or leads, not '" .. printable(args[4]) .. "'")
    end
    local page = {order = args[4], check = crc16(alert.id), limit = args[5]:match('^%d+$') and tonumber(args[5]) or 0}
    if page.limit < 1 or page.limit > LIMIT_MAX then
        bad('limit', string.format("1 to %d, not '%s'", LIMIT_MAX, printable(args[5])))
    end
    if args[6] == '' then
        local from, to = window(args[2], args[3], alert.now)
        page.from, page.to = widen(from, to, 60)
    else
        read_cursor(page, args[6])
    end
    local items, next_cursor = pick(alert, page), 'null'
    if #items > page.limit then
        items[#items] = nil
        next_cursor = write_cursor(page, items[#items])
    end
    for i, item in ipairs(items) do
        items[i] = item.json
    end
    local complete = tonumber(call('HGET', alert.prefix .. ':floors', alert.id) or 0)
    return string.format('%s,"items":[%s],"next":%s,"complete_from":%d}', head(alert, page.from, page.to),
        table.concat(items, ','), next_cursor, math.max(complete, horizon(GRAINS.day, alert.now)))
end

-- The alerts --------------------------------------------------------------------------------------------------

-- All that the kept days count, to the block: id -> mentions.
local function totals(prefix, now)
    local sums = {}
    for block = floor(horizon(GRAINS.day, now) / YEAR), floor((now + DAY) / YEAR) do
        local flat = call('HGETALL', prefix .. ':t:' .. block)
        for i = 1, #flat, 2 do
            sums[flat[i]] = (sums[flat[i]] or 0) + (tonumber(flat[i + 1]) or 0)
        end
    end
    return sums
end

local function shard_alerts(shard, now, rows)
    local prefix, as_of = open_shard(shard)
    local flat, sums = call('HGETALL', prefix .. ':alerts'), totals(prefix, now)
    for i = 1, #flat, 2 do
        local id, json = flat[i], flat[i + 1]:match('^%d+ (.*)$')
        if json then
            local newest = call('ZRANGE', prefix .. ':f:' .. id, 0, 0, 'WITHSCORES')
            rows[#rows + 1] = {id = id, json = string.format('%s,"mentions":%d,"last":%s}', json, sums[id] or 0,
                newest[2] and string.format('%d', -tonumber(newest[2])) or 'null')}
        end
    end
    return tonumber(as_of)
end

local function alerts(keys, args)
    want_arguments(args, 0, 'earshot_alerts takes none')
    local now, rows, oldest = now_seconds(), {}, nil
    local first = #keys > 0 and key_shard(keys) or 0
    for shard = first, #keys > 0 and first or shard_count() - 1 do
        local as_of = shard_alerts(shard, now, rows)
        oldest = as_of and math.min(oldest or as_of, as_of) or oldest
    end
    table.sort(rows, function(a, b)
        return bytes_less(a.id, b.id)
    end)
    for i, row in ipairs(rows) do
        rows[i] = row.json
    end
    return string.format('{"alert":null,"version":null,"from":null,"to":null,"as_of":%s,"alerts":[%s]}',
        oldest and string.format('%d', oldest) or 'null', table.concat(rows, ','))
end

-- Writers -----------------------------------------------------------------------------------------------------

-- LOG, or LOG/ID:O for a backfill, which has marks of its own beside the flow's.
local function split_log(text)
    local log, source = text:match('^([^/]*)/(.+)$')
    return log or text, source
end

-- Whoever removed an alert does not want it counted.
local function check_not_removed(prefix, source)
    local id = source:match('^(.*):%d+$') or source
    local entry = call('HGET', prefix .. ':alerts', id)
    if entry and not entry:find(' ', 1, true) then
        refuse('EARSHOT_ALERT', "removed alert '" .. printable(id) .. "'")
    end
end

-- The shard for a writer of `schema` and `log`: refuses one that another deployment or layout wrote.
local function open_for_writing(keys, schema, log)
    if schema ~= SCHEMA then
        refuse('EARSHOT_SCHEMA', string.format('have %s need %s', SCHEMA, printable(schema)))
    end
    local prefix = prefix_of(key_shard(keys))
    local state = call('HMGET', prefix .. ':state', 'schema', 'log', 'dirty')
    if not state[1] then
        call('HSET', prefix .. ':state', 'schema', SCHEMA, 'log', log)
        return prefix
    end
    check_schema(state[1])
    if state[2] ~= log then
        refuse('EARSHOT_LOG', string.format('have %s need %s', printable(state[2]), printable(log)))
    end
    return prefix, state[3] == '1'
end

local function raise_floor(prefix, id, at)
    local have = tonumber(call('HGET', prefix .. ':floors', id) or 0)
    if at > have then
        call('HSET', prefix .. ':floors', id, string.format('%d', at))
    end
    return math.max(at, have)
end

-- Keeps the newest `keep` entries; from the second after the newest one that goes, the feed is complete. `dropped`
-- is that second for entries that the aggregator did not even write (0: none).
local function trim(prefix, id, keep, dropped)
    local key = prefix .. ':f:' .. id
    local gone = call('ZRANGE', key, keep, keep, 'WITHSCORES')
    local at = tonumber(dropped)
    if gone[2] then
        at = math.max(at, -tonumber(gone[2]) + 1)
        call('ZREMRANGEBYRANK', key, keep, -1)
    end
    return string.format('%d', raise_floor(prefix, id, at))
end

-- `have` and `delta`: cells of 16 bytes, two numbers of 64 bits each, the second with carry; have may be shorter.
local function sum_cells(have, delta)
    local bytes, cells = #delta, {}
    if #have < bytes then
        have = have .. string.rep('\0', bytes - #have)
    end
    for at = 1, bytes, 16 do
        local a, b, c, d = struct.unpack('>I4I4I4I4', have, at)
        local e, f, g, h = struct.unpack('>I4I4I4I4', delta, at)
        local high, low = c + g, d + h
        if low >= 4294967296 then
            high, low = high + 1, low - 4294967296
        end
        cells[#cells + 1] = struct.pack('>I4I4I4I4', a + e, b + f, high, low)
    end
    return #cells == 1 and cells[1] or table.concat(cells)
end

-- Adds cells to those of key from the cell `first` on. Cheaper than a BITFIELD, which goes bit by bit and needs ten
-- words a cell. With `expiry` (of short keys) a new key is made with it in one command.
local function add_cells(key, first, delta, expiry)
    local offset, bytes = first * 16, #delta
    if not expiry then
        local have = call('GETRANGE', key, offset, offset + bytes - 1)
        call('SETRANGE', key, offset, #have == 0 and delta or sum_cells(have, delta))
        return
    end
    local have = call('GETRANGE', key, 0, offset + bytes - 1)
    if #have == 0 then
        call('SET', key, string.rep('\0', offset) .. delta, 'EXAT', expiry)
    else
        call('SETRANGE', key, offset, sum_cells(have:sub(offset + 1), delta))
    end
end

-- args[first] is the key, then (id, n): two commands for any number of alerts.
local function add_totals(args, first, last)
    local key, ids, sums = args[first], {}, {}
    for i = first + 1, last, 2 do
        ids[#ids + 1] = args[i]
    end
    local have = call('HMGET', key, unpack(ids))
    for i, id in ipairs(ids) do
        sums[2 * i - 1] = id
        sums[2 * i] = string.format('%d', (tonumber(have[i] or 0)) + tonumber(args[first + 2 * i]))
    end
    call('HSET', key, unpack(sums))
end

-- Corrections -------------------------------------------------------------------------------------------------

local function count_news(news, what, n)
    news[what] = (news[what] or 0) + n
end

-- The feed's members that are of this mention: one; several where it came again with another text.
local function held(key, mention)
    local pattern = mention:gsub('[%*%?%[%]\\]', '\\%0') .. '\0*'
    local cursor, found, seen = '0', {}, {}
    repeat
        local step = call('ZSCAN', key, cursor, 'MATCH', pattern, 'COUNT', 2000)
        cursor = step[1]
        for i = 1, #step[2], 2 do
            local member = step[2][i]
            if not seen[member] then
                seen[member] = true
                found[#found + 1] = read_item(member, step[2][i + 1])
                found[#found].member = member
            end
        end
    until cursor == '0'
    return found
end

-- Its name in the joint counters without the label, as the aggregator makes it; nil where the item is of a version
-- that did not say what it was counted under.
local function joint_name(json)
    local ok, item = pcall(cjson.decode, json)
    if not ok or type(item) ~= 'table' or item.kind == nil or item.country == nil then
        return nil
    end
    local function name(value)
        return type(value) == 'string' and value ~= '' and value:gsub('[%z\1-\31]', '?') or 'und'
    end
    return name(item.kind) .. '\t' .. name(item.platform) .. '\t' .. name(item.language) .. '\t' .. name(item.country) .. '\t'
end

-- One mention of a cell goes from one label to another. A cell that does not hold it stays as it is: its key has
-- expired, or it was over when the mention came.
local function relabel_cell(prefix, id, grain, item, label)
    local block = floor(item.at / grain.block)
    local key = prefix .. grain.key .. id .. ':' .. string.format('%d', block)
    local offset = floor((item.at - block * grain.block) / grain.seconds) * 16
    local have = call('GETRANGE', key, offset, offset + 15)
    if #have < 16 then
        return
    end
    local mentions, positive, high, low = struct.unpack('>I4I4I4I4', have)
    local of = {positive = positive, negative = floor(high / 32)}
    of.neutral = mentions - of.positive - of.negative
    local sum = high % 32 * 4294967296 + low + LABEL[label].score - item.score
    if of[item.label] < 1 or sum < 0 then
        return
    end
    of[item.label] = of[item.label] - 1
    of[label] = of[label] + 1
    call('SETRANGE', key, offset, struct.pack('>I4I4I4I4', mentions, of.positive,
        of.negative * 32 + floor(sum / 4294967296), sum % 4294967296))
end

local function relabel_joint(prefix, id, joint, item, label)
    local key = prefix .. joint.key .. id .. ':' .. string.format('%d', floor(item.at / joint.seconds))
    local old = item.name .. LABEL[item.label].sign
    local n = tonumber(call('HGET', key, old) or 0)
    if n < 1 or item.label == label then
        return
    end
    call('HINCRBY', key, item.name .. LABEL[label].sign, 1) -- first: the key must not go, its expiry with it
    if n == 1 then
        call('HDEL', key, old)
    else
        call('HINCRBY', key, old, -1)
    end
end

-- Takes one item of the feed from its label to the person's. false: it is of a version that did not say what it was
-- counted under.
local function relabel(prefix, id, key, item, label, news)
    local before, old, after = item.json:match('^(.*),"label":"(%a+)","score":%-?[%d.]+(.*)$')
    item.name = joint_name(item.json)
    if not LABEL[old] or not item.name then
        return false
    end
    item.label, item.score = old, item.score - 1000
    for _, grain in pairs(GRAINS) do
        if item.at >= horizon(grain, news.now) then
            relabel_cell(prefix, id, grain, item, label)
        end
    end
    for _, joint in pairs(JOINT) do
        if item.at >= horizon(joint, news.now) then
            relabel_joint(prefix, id, joint, item, label)
        end
    end
    local sure = LABEL[label].score
    local mark = after:sub(1, 17) == ',"corrected":true' and '' or ',"corrected":true'
    local member = item.id .. '\0' .. string.format('%04d', sure + 1000) .. '\0' .. before .. ',"label":"' .. label ..
        '","score":' .. string.format('%d.000', sure / 1000) .. mark .. after
    if member ~= item.member then
        call('ZADD', key, string.format('%d', -item.at), member)
        call('ZREM', key, item.member)
    end
    count_news(news, (item.label ~= label or item.score ~= sure) and 'changed' or 'same', 1)
    return true
end

-- What the alert's feed holds of the mention is the person's from now on; whether it holds any.
local function relabel_held(prefix, id, mention, label, news)
    local key, any = prefix .. ':f:' .. id, false
    for _, item in ipairs(held(key, mention)) do
        any = relabel(prefix, id, key, item, label, news) or any
    end
    return any
end

-- Takes out what is too old, or more than is kept, and counts of it what no mention was counted with.
local function sweep(key, news)
    local function drop(flat)
        for i = 2, #flat, 2 do
            count_news(news, 'too_late', 1 - tonumber(flat[i]) % 2)
        end
        if #flat > 0 then
            call('ZREMRANGEBYRANK', key, 0, #flat / 2 - 1)
        end
    end
    drop(call('ZRANGEBYSCORE', key, '-inf', string.format('(%d', (news.now - CORRECTIONS_KEEP) * 8), 'WITHSCORES'))
    local over = call('ZCARD', key) - CORRECTIONS_MAX
    if over > 0 then
        drop(call('ZRANGE', key, 0, over - 1, 'WITHSCORES'))
    end
end

-- An alert that nobody has told us of yet may still come; of a removed one nothing is kept.
local function correct(prefix, id, mention, label, news)
    local entry = call('HGET', prefix .. ':alerts', id)
    if entry and not entry:find(' ', 1, true) then
        return count_news(news, 'removed', 1)
    end
    local key, met = prefix .. ':corrections', relabel_held(prefix, id, mention, label, news)
    call('ZADD', key, string.format('%d', news.now * 8 + LABEL[label].number * 2 + (met and 1 or 0)), id .. '\0' .. mention)
    if not met then
        count_news(news, 'waits', 1)
    end
    sweep(key, news)
end

-- A mention was counted with it.
local function meet(prefix, id, mention)
    local key, member = prefix .. ':corrections', id .. '\0' .. mention
    local score = call('ZSCORE', key, member)
    if score and tonumber(score) % 2 == 0 then
        call('ZADD', key, 'XX', string.format('%d', tonumber(score) + 1), member)
    end
end

-- A backfill cannot expect the marks of the actions, which go on meanwhile: what it puts into a feed is looked for.
-- args[first] is the feed's key, then (score, member).
local function meet_feed(prefix, args, first, last, news)
    local key = prefix .. ':corrections'
    if call('ZCARD', key) == 0 then
        return
    end
    local id = args[first]:sub(#prefix + 4)
    for i = first + 2, last, 2 do
        local mention = args[i]:sub(1, args[i]:find('\0', 1, true) - 1)
        local score = call('ZSCORE', key, id .. '\0' .. mention)
        if score then
            relabel_held(prefix, id, mention, LABELS[floor(tonumber(score) / 2) % 4], news)
            meet(prefix, id, mention)
        end
    end
end

-- Folding -----------------------------------------------------------------------------------------------------

-- A mark that a call expects or sets is of 16 bytes, or of 32 where the partition's actions have one too: who folds
-- mentions must know all corrections before them.
local function marks_differ(marks, actions, args, first, last)
    for i = first, last, 3 do
        local at = tonumber(args[i]) * 16
        local have = #marks < at + 16 and NO_MARK or marks:sub(at + 1, at + 16)
        if #actions >= at + 16 then
            local acted = actions:sub(at + 1, at + 16)
            have = acted == NO_MARK and have or have .. acted
        end
        if have ~= args[i + 1] then
            return true
        end
    end
    return false
end

-- Few partitions are patched, many are written as one string: the append-only file carries what is written.
local function write_marks(key, marks, args, first, last)
    if last - first < 8 * 3 then
        for i = first, last, 3 do
            call('SETRANGE', key, tonumber(args[i]) * 16, args[i + 2])
        end
        return
    end
    local cells = {}
    for at = 1, #marks, 16 do
        cells[#cells + 1] = marks:sub(at, at + 15)
    end
    for i = first, last, 3 do
        local p = tonumber(args[i]) + 1
        for missing = #cells + 1, p - 1 do
            cells[missing] = NO_MARK
        end
        cells[p] = args[i + 2]
    end
    call('SET', key, table.concat(cells))
end

-- Of a call that moves marks of actions: what moves in S:marks and in S:actions, each as (partition, '', mark).
local function split_marks(args, first, last)
    local flow, actions = {}, {}
    for i = first, last, 3 do
        local was, is = args[i + 1], args[i + 2]
        for half, list in ipairs({flow, actions}) do
            local mark = is:sub(16 * half - 15, 16 * half)
            if mark ~= '' and mark ~= was:sub(16 * half - 15, 16 * half) then
                list[#list + 1] = args[i]
                list[#list + 1] = ''
                list[#list + 1] = mark
            end
        end
    end
    return flow, actions
end

local function move_marks(key, marks, prefix, stored, args, first, last)
    local wide = false
    for i = first, last, 3 do
        wide = wide or #args[i + 2] > 16
    end
    if not wide then
        return write_marks(key, marks, args, first, last)
    end
    local flow, actions = split_marks(args, first, last)
    write_marks(key, marks, flow, 1, #flow)
    write_marks(prefix .. ':actions', stored, actions, 1, #actions)
end

-- Commands of ours beside those of Redis: command(prefix, args, first, last, news), args[first] behind the word.
local COMMANDS = {
    CELLS = function(_, args, first, last)
        add_cells(args[first], tonumber(args[first + 1]), args[first + 2], last > first + 2 and args[first + 3])
    end,
    TOTALS = function(_, args, first, last)
        add_totals(args, first, last)
    end,
    TRIM = function(prefix, args, first, _, news)
        local reply = news.reply
        reply[#reply + 1] = args[first]
        reply[#reply + 1] = trim(prefix, args[first], tonumber(args[first + 1]), args[first + 2])
    end,
    CORRECT = function(prefix, args, first, _, news)
        correct(prefix, args[first], args[first + 1], args[first + 2], news)
    end,
    MET = function(prefix, args, first)
        meet(prefix, args[first], args[first + 1])
    end,
    SWEEP = function(prefix, _, _, _, news)
        sweep(prefix .. ':corrections', news)
    end,
}
local NEWS = {'changed', 'same', 'waits', 'removed', 'too_late'}

local function run_commands(prefix, source, args, first, news)
    local i, count = first, #args
    while i <= count do
        local last, word = i + tonumber(args[i]), args[i + 1]
        local command = COMMANDS[word]
        if command then
            command(prefix, args, i + 2, last, news)
        else
            call(unpack(args, i + 1, last))
            if source and word == 'ZADD' then
                meet_feed(prefix, args, i + 2, last, news)
            end
        end
        i = last + 1
    end
    for _, what in ipairs(NEWS) do
        if news[what] and news[what] > 0 then
            news.reply[#news.reply + 1] = '+' .. what
            news.reply[#news.reply + 1] = string.format('%d', news[what])
        end
    end
end

-- SCHEMA LOG COUNT, COUNT times (partition, expected mark, new mark), then commands: their length, their words.
-- Commands are Redis' own, or CELLS key first bytes [expiry], TOTALS key (id n)…, TRIM id keep dropped,
-- CORRECT id mention label, MET id mention (it was counted with its correction), SWEEP (corrections too old).
-- Reply: an array of (alert, floor) for each TRIM, and of (+what, n) for what became of corrections, when all was
-- applied; the stored marks, a string, when one was not as expected and nothing was.
local function fold(keys, args)
    local log, source = split_log(args[2])
    local prefix, dirty = open_for_writing(keys, args[1], log)
    if dirty then
        refuse('EARSHOT_DIRTY', 'shard ' .. key_shard(keys))
    end
    local marks_key = prefix .. (source and ':b:' .. source or ':marks')
    if source then
        check_not_removed(prefix, source)
    end
    local stored = source and {call('GET', marks_key)} or call('MGET', marks_key, prefix .. ':actions')
    local marks, actions = stored[1] or '', stored[2] or ''
    local last_mark = 3 + 3 * tonumber(args[3])
    if marks_differ(marks, actions, args, 4, last_mark) then
        return marks
    end
    call('HSET', prefix .. ':state', 'dirty', '1')
    local news = {now = now_seconds(), reply = {}}
    run_commands(prefix, source, args, last_mark + 1, news)
    move_marks(marks_key, marks, prefix, actions, args, 4, last_mark)
    if source then
        call('HSET', prefix .. ':state', 'dirty', '0')
    else
        call('HSET', prefix .. ':state', 'dirty', '0', 'as_of', string.format('%d', news.now))
    end
    return news.reply
end

-- SCHEMA LOG ID:O VERSION: the version that this backfill has, which is that of who asked first.
local function backfill(keys, args)
    local prefix = open_for_writing(keys, args[1], args[2])
    check_not_removed(prefix, args[3])
    local have = call('HGET', prefix .. ':backfills', args[3])
    if not have then
        have = args[4]
        call('HSET', prefix .. ':backfills', args[3], have)
    end
    return have
end

-- A removed alert's feed goes at once; its counters stay until they expire.
local function forget_feed(prefix, id)
    local newest = call('ZRANGE', prefix .. ':f:' .. id, 0, 0, 'WITHSCORES')
    if newest[2] then
        raise_floor(prefix, id, -tonumber(newest[2]) + 1)
        call('UNLINK', prefix .. ':f:' .. id)
    end
end

-- SCHEMA LOG, then (id, version, JSON or '' for a removed one): a lower or equal version changes nothing, so any
-- number of aggregators may say the same in any order. Reply: how many changed.
local function define(keys, args)
    local prefix = open_for_writing(keys, args[1], args[2])
    local changed = 0
    for i = 3, #args, 3 do
        local id, version, json = args[i], args[i + 1], args[i + 2]
        local have = (call('HGET', prefix .. ':alerts', id) or '-1'):match('^%-?%d+')
        if tonumber(version) > tonumber(have) then
            call('HSET', prefix .. ':alerts', id, json == '' and version or version .. ' ' .. json)
            if json == '' then
                forget_feed(prefix, id)
            end
            changed = changed + 1
        end
    end
    return changed
end

-- Which text of this library it is, so that a program does not use what an older one has not.
local function library()
    return LIBRARY
end

-- Registration ------------------------------------------------------------------------------------------------

local function register(name, body, flags)
    redis.register_function({function_name = name, flags = flags, callback = function(keys, args)
        if not call then
            prepare()
        end
        local ok, result = pcall(body, keys, args)
        if ok then
            return result
        end
        if type(result) == 'table' and result.earshot then
            return redis.error_reply(result.earshot)
        end
        error(result)
    end})
end

register('earshot_volume', volume, {'no-writes'})
register('earshot_summary', summary, {'no-writes'})
register('earshot_feed', feed, {'no-writes'})
register('earshot_alerts', alerts, {'no-writes'})
register('earshot_library', library, {'no-writes'})
register('earshot_fold', fold, {})
register('earshot_define', define, {})
register('earshot_backfill', backfill, {})
