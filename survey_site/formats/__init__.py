"""How days and times are written where Django says it for days alone; see FORMAT_MODULE_PATH."""
