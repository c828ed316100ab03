import CPlatform

tp_handle_stop_signals()
tp_exit(runProgram(Array(Console.arguments.dropFirst())).rawValue)
