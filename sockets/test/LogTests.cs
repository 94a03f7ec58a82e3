using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Argosy.Sockets.Tests;

public sealed class LogTests
{
    [Fact]
    public void Each_message_has_a_number_of_its_own()
    {
        var numbers = typeof(StreamServer).Assembly.GetType("Argosy.Sockets.Log")!
            .GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId).OfType<int>().ToList();
        Assert.True(numbers.Count > 20, "the messages were not found");
        Assert.Equal(numbers.Distinct().Count(), numbers.Count);
    }
}
