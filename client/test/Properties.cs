using System.Runtime.Versioning;
using FsCheck;

[assembly: SupportedOSPlatform("linux")]

namespace Argosy.Client.Tests;

/// <summary>Properties are tried on the same samples in every run.</summary>
internal static class Properties
{
    public static Config Repeatable { get; } =
        Config.QuickThrowOnFailure.WithReplay(new Replay(new Rnd(2026, 7373), Microsoft.FSharp.Core.FSharpOption<int>.None));
}
