using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>Counts every refusal and logs one of each reason per second: a flood of connections is no flood of lines.</summary>
internal sealed class RefusalLog(ILogger logger, ConnectionCounters counters)
{
    private readonly long[] _next = new long[Enum.GetValues<RefusalReason>().Length];

    internal void Refused(EndPoint? peer, RefusalReason reason, string detail)
    {
        var count = counters.OnRefused(reason);
        var now = Stopwatch.GetTimestamp();
        var due = Volatile.Read(ref _next[(int)reason]);
        if (now < due || Interlocked.CompareExchange(ref _next[(int)reason], now + Stopwatch.Frequency, due) != due) return;
        Log.Refused(logger, peer, reason, detail, count);
    }
}
