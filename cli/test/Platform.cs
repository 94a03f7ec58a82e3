using System.Runtime.Versioning;

// These tests start real processes and send them signals.
[assembly: UnsupportedOSPlatform("windows")]
